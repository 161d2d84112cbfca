#include "kernel/wasserstein.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace understudy::kernel {

namespace {

double weight_of(const WeightedValues& values) {
    double sum = 0;
    for (const auto& [value, weight] : values) sum += weight;
    if (!(sum > 0)) throw std::invalid_argument("a distribution without weight");
    return sum;
}

}  // namespace

double wasserstein_distance(WeightedValues a, WeightedValues b) {
    const double all_a = weight_of(a), all_b = weight_of(b);
    // One walk over the values of both: what `a` has below, less what `b` has.
    WeightedValues both;
    both.reserve(a.size() + b.size());
    for (const auto& [value, weight] : a) both.emplace_back(value, weight / all_a);
    for (const auto& [value, weight] : b) both.emplace_back(value, -weight / all_b);
    std::sort(both.begin(), both.end());
    double distance = 0, more = 0;
    for (std::size_t i = 0; i + 1 < both.size(); ++i) {
        more += both[i].second;
        distance += std::fabs(more) * (both[i + 1].first - both[i].first);
    }
    return distance;
}

double weighted_quantile(WeightedValues values, double share) {
    const double wanted = share * weight_of(values);
    std::sort(values.begin(), values.end());
    double sum = 0;
    for (const auto& [value, weight] : values)
        if ((sum += weight) >= wanted && weight > 0) return value;
    return values.back().first;
}

}  // namespace understudy::kernel
