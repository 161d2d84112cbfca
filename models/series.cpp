#include "models/series.h"

#include <algorithm>

namespace understudy::models {

std::size_t series_of(const Scenario& scenario) {
    std::size_t series = 1 + scenario.objectives.size() + scenario.measures.size() +
                         3 * scenario.twin.pools.size() + scenario.twin.datasets.size();
    for (const Stage& stage : scenario.twin.stages)
        series += 1 + (stage.join || stage.batch ? 1 : 0) + (stage.work.workers ? 2 : 0);
    return series;
}

kernel::Time sample_of(const Scenario& scenario) {
    if (scenario.run.sample) return *scenario.run.sample;
    if (!scenario.run.length) return 0;
    constexpr double usual_points = 500, fewest_points = 20;
    const double series =
        static_cast<double>(series_of(scenario)) * static_cast<double>(scenario.run.replications);
    const double points =
        std::clamp(most_values_of_series / std::max(series, 1.0), fewest_points, usual_points);
    return std::max<kernel::Time>(1, *scenario.run.length / static_cast<kernel::Time>(points));
}

}  // namespace understudy::models
