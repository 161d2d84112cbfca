#include "tools/studies/dependence.h"

#include <algorithm>

#include "kernel/autocorrelation.h"

namespace understudy::studies {

namespace {

/// So many independent stretches have to be beyond a quantile. Measured in tests/tools/studies/coverage.cpp: with eight,
/// intervals of p(99) held in four runs of five.
constexpr double least_beyond = 12;

}  // namespace

std::optional<std::size_t> probe_of_state(const PreparedRun& prepared) {
    const models::Scenario& scenario = prepared.scenario;
    if (!scenario.run.length || !scenario.twin.pipelines.empty() || scenario.loads.empty())
        return std::nullopt;
    std::optional<std::size_t> probe;
    for (std::size_t i = 0; i < prepared.measures.size(); ++i)
        if (prepared.measures[i].metric == models::Metric::present && prepared.measures[i].scope.empty() &&
            prepared.model->probes[i].series)
            probe = i;
    return probe;
}

std::optional<Dependence> dependence(const PreparedRun& prepared,
                                     std::span<const std::vector<double>> present, kernel::Time warm_up) {
    const kernel::Time sample = prepared.model->sample;
    if (present.size() < 2 || sample <= 0 || !prepared.scenario.run.length) return std::nullopt;
    // What grows without end remembers everything, whatever else is steady.
    for (const StationForecast& station : prepared.forecast)
        if (!station.stable || station.critical) return std::nullopt;
    const auto cut = static_cast<std::size_t>(warm_up / sample);
    std::vector<std::vector<double>> counted;
    for (const std::vector<double>& one : present)
        counted.emplace_back(one.begin() + static_cast<std::ptrdiff_t>(std::min(cut, one.size())), one.end());
    const double remembers = kernel::relaxation(counted);
    if (remembers < 2) return std::nullopt;
    const double time = remembers * static_cast<double>(sample);
    const auto length = static_cast<double>(*prepared.scenario.run.length);
    return Dependence{length / time, static_cast<double>(present.size()) *
                                         (length - static_cast<double>(warm_up)) / (2 * time)};
}

double times_for_tail(const models::Measure& measure, const Seen& seen) {
    if (measure.aggregate != models::Aggregate::quantile || seen.stretches <= 0 || seen.sections.empty())
        return 0;
    double items = 0;
    for (const kernel::Observed& section : seen.sections.all()) {
        if (section.of == kernel::Observed::Of::time) items = seen.stretches;
        items += section.weight;
    }
    if (items < seen.stretches) return 0;
    return least_beyond / (seen.stretches * std::min(measure.quantile, 1 - measure.quantile));
}

}  // namespace understudy::studies
