#include "tools/studies/counted_share.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "kernel/invariant.h"

namespace understudy::studies {

bool is_counted_share(const models::Measure& measure) {
    const models::MetricKind kind = models::kind_of(measure.metric);
    return measure.aggregate == models::Aggregate::share &&
           (kind == models::MetricKind::item || kind == models::MetricKind::event);
}

std::optional<kernel::Estimate> counted_share(std::span<const double> counts, std::span<const double> trials,
                                              double level) {
    kernel::require(counts.size() == trials.size(), "each count is of so many");
    const double all = std::accumulate(trials.begin(), trials.end(), 0.0);
    const double counted = std::accumulate(counts.begin(), counts.end(), 0.0);
    if (!(all > 0)) return std::nullopt;
    const double ratio = counted / all, usual = all / static_cast<double>(trials.size());
    std::vector<double> values;
    for (std::size_t i = 0; i < counts.size(); ++i)
        values.push_back(ratio + (counts[i] - ratio * trials[i]) / usual);
    const kernel::Tally pooled{static_cast<std::uint64_t>(std::llround(counted)),
                               static_cast<std::uint64_t>(std::llround(all))};
    auto found = kernel::pooled_share_interval(values, pooled, level, {0, 1});
    if (found) found->centre = ratio;
    return found;
}

}  // namespace understudy::studies
