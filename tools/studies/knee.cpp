#include "tools/studies/knee.h"

#include <algorithm>
#include <cmath>

#include "kernel/comparison.h"
#include "kernel/invariant.h"

namespace understudy::studies {

std::vector<double> powers_of(const std::vector<double>& throughput, const std::vector<double>& latency) {
    std::vector<double> powers;
    for (std::size_t r = 0; r < throughput.size(); ++r) {
        if (!std::isfinite(throughput[r]) || !(latency[r] > 0)) return {};
        powers.push_back(throughput[r] / latency[r]);
    }
    return powers;
}

GreatestPower greatest_power(const std::vector<std::vector<double>>& of_levels, double confidence) {
    kernel::require(of_levels.size() >= 2, "levels that have a power");
    std::vector<double> means;
    for (const std::vector<double>& one : of_levels)
        means.push_back(kernel::mean_interval(one, confidence).value().centre);
    GreatestPower found;
    found.at = static_cast<std::size_t>(std::max_element(means.begin(), means.end()) - means.begin());
    found.low = found.high = found.at;
    const double each = kernel::each_of(confidence, of_levels.size() - 1);
    for (std::size_t i = 0; i < of_levels.size(); ++i) {
        if (i == found.at) continue;
        const auto difference = kernel::paired_difference(of_levels[found.at], of_levels[i], each);
        if (difference && difference->order == kernel::Difference::Order::candidate_lower) continue;
        found.low = std::min(found.low, i);
        found.high = std::max(found.high, i);
    }
    return found;
}

}  // namespace understudy::studies
