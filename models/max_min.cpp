#include "models/max_min.h"

#include <algorithm>
#include <cmath>

namespace understudy::models {

void max_min_rates(std::span<const FlowClass> classes, std::span<const double> capacities,
                   std::vector<double>& rates) {
    rates.assign(classes.size(), 0);
    std::vector<double> left(capacities.begin(), capacities.end());
    std::vector<std::int64_t> flows(capacities.size(), 0);
    std::vector<bool> open(classes.size(), false);
    const auto each = [](const FlowClass& one, auto what) {
        if (one.first != FlowClass::nothing) what(one.first);
        if (one.second != FlowClass::nothing) what(one.second);
    };
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (classes[i].flows <= 0) continue;
        open[i] = true;
        rates[i] = INFINITY;
        each(classes[i], [&](std::uint32_t resource) { flows[resource] += classes[i].flows; });
    }
    while (true) {
        std::size_t tightest = capacities.size();
        double least = INFINITY;
        for (std::size_t r = 0; r < capacities.size(); ++r) {
            if (flows[r] <= 0) continue;
            const double share = left[r] / static_cast<double>(flows[r]);
            if (share < least) least = share, tightest = r;
        }
        if (tightest == capacities.size()) return;
        for (std::size_t i = 0; i < classes.size(); ++i) {
            if (!open[i] || (classes[i].first != tightest && classes[i].second != tightest)) continue;
            open[i] = false;
            rates[i] = least;
            each(classes[i], [&](std::uint32_t resource) {
                flows[resource] -= classes[i].flows;
                left[resource] =
                    std::max(0.0, left[resource] - least * static_cast<double>(classes[i].flows));
            });
        }
    }
}

}  // namespace understudy::models
