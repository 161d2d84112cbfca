#include "tools/studies/scaling.h"

#include <algorithm>

namespace understudy::studies {

bool is_saturated(const models::Scenario& scenario) {
    return !scenario.loads.empty() &&
           std::all_of(scenario.loads.begin(), scenario.loads.end(), [](const models::Load& load) {
               return load.arrivals.kind == models::Arrivals::Kind::saturated;
           });
}

ScalingSweep::ScalingSweep(bool saturated, const models::Measure& measure, const Factor& factor)
    : tells_(saturated && measure.aggregate == models::Aggregate::rate &&
             measure.metric == models::Metric::completed && factor.path.ends_with("workers")) {}

void ScalingSweep::add(double workers, std::span<const double> by_replication) {
    if (!tells_ || workers < 1) return;
    for (std::size_t r = 0; r < by_replication.size(); ++r)
        if (by_replication[r] > 0) measured_.push_back({workers, by_replication[r], static_cast<int>(r)});
}

std::optional<kernel::Scalability> ScalingSweep::fit(double level) const {
    return tells_ ? kernel::fit_scalability(measured_, level) : std::nullopt;
}

}  // namespace understudy::studies
