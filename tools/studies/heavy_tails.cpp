#include "tools/studies/heavy_tails.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace understudy::studies {

namespace {

constexpr double all_moments = std::numeric_limits<double>::infinity();

/// A law has the moments below this one.
double moments_below(const kernel::Distribution& law) {
    if (law.kind() == kernel::Distribution::Kind::pareto && !law.is_truncated())
        return law.parameter("shape").value_or(all_moments);
    double least = all_moments;
    for (const kernel::Distribution& component : law.components())
        least = std::min(least, moments_below(component));
    return least;
}

double moments_below(const models::Law& law, const models::Scenario& scenario) {
    double least = all_moments;
    for (const models::Term& term : law.terms) {
        if (term.field.empty()) {
            if (!term.recorded) least = std::min(least, moments_below(term.law));
            continue;
        }
        for (const models::Load& load : scenario.loads)
            for (const auto& [name, of_load] : load.fields)
                if (name == term.field && !of_load.terms.empty() && of_load.terms.front().field.empty())
                    least = std::min(least, moments_below(of_load, scenario));
    }
    return least;
}

}  // namespace

std::vector<HeavyTail> heavy_tails(const models::Scenario& scenario,
                                   std::span<const StationForecast> forecast) {
    std::vector<HeavyTail> tails;
    for (const models::Stage& stage : scenario.twin.stages) {
        const double shape = moments_below(stage.work.service, scenario);
        if (std::isinf(shape)) continue;
        const std::string& station =
            stage.work.runs_on.empty() ? stage.name : stage.work.runs_on.front().pool;
        const auto expected = std::find_if(forecast.begin(), forecast.end(),
                                           [&](const auto& one) { return one.element == station; });
        if (expected == forecast.end()) continue;
        // Where all are served at once a long service holds up nobody.
        if (stage.work.workers && stage.work.workers->order == models::Order::shared) continue;
        // Nobody waits for unlimited workers, but is served.
        const double spare = expected->workers - std::floor(expected->offered_load);
        const double needed = std::isinf(expected->workers) ? 2 : std::max(2.0, 1 + 2 / std::max(1.0, spare));
        if (shape <= needed) tails.push_back({stage.name, shape});
    }
    return tails;
}

bool has_no_variance(const models::Measure& measure, std::span<const HeavyTail> tails) {
    using models::Metric;
    const bool of_waiting = measure.metric == Metric::wait || measure.metric == Metric::latency ||
                            measure.metric == Metric::waiting || measure.metric == Metric::present;
    const bool of_mean = measure.aggregate == models::Aggregate::average ||
                         measure.aggregate == models::Aggregate::variance ||
                         measure.aggregate == models::Aggregate::deviation;
    return of_waiting && of_mean && std::any_of(tails.begin(), tails.end(), [&](const HeavyTail& tail) {
               return measure.scope.empty() || measure.scope == tail.stage || measure.scope_to == tail.stage;
           });
}

}  // namespace understudy::studies
