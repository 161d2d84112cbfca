#include "tools/studies/recorded_law.h"

#include <algorithm>
#include <numeric>

#include "tools/studies/law_of.h"

namespace understudy::studies {

using kernel::Distribution;

namespace {

double mean_of_part(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

models::Law recorded_law(std::vector<double> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    if (!(values.back() > 0)) return {};
    const std::size_t parts = std::clamp<std::size_t>(values.size() / 3, 1, 20);
    std::vector<double> weights;
    std::vector<Distribution> components;
    double last = -1;  // what all of the part before was
    for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t from = part * values.size() / parts, to = (part + 1) * values.size() / parts;
        const std::vector<double> own(values.begin() + static_cast<std::ptrdiff_t>(from),
                                      values.begin() + static_cast<std::ptrdiff_t>(to));
        const double mean = mean_of_part(own);
        const double reach = std::min(mean - own.front(), own.back() - mean);
        const double weight = static_cast<double>(to - from) / static_cast<double>(values.size());
        // Parts that are all one value, as waits of 0 s often are, become one.
        if (own.front() == own.back() && own.front() == last && !weights.empty()) {
            weights.back() += weight;
            continue;
        }
        last = own.front() == own.back() ? own.front() : -1;
        weights.push_back(weight);
        components.push_back(reach > 1e-9 * std::max(mean, 1e-9)
                                 ? Distribution::uniform(mean - reach, mean + reach)
                                 : Distribution::constant(mean));
    }
    if (components.size() == 1) return law_of(components.front());
    return law_of(Distribution::mixture(weights, components));
}

}  // namespace understudy::studies
