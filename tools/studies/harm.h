// What is lost, and what comes too late, as measures whose values are added up. Internal to tools/studies.
//
// Of the whole system an arrival is lost once all that came of it is. Where copies are made (several stages read a stream,
// `writes` lists several, or an item becomes several), one reader may lose everything while the others lose nothing, and
// none of it is lost so; what is lost is then counted at each stage that loses it. Late is what comes once its window has
// closed, which only a stage with a window knows. A run that has not landed by its deadlines has missed one, however many
// objectives say so. Pure, thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "models/simulation/replication.h"

namespace understudy::studies {

/// Whether more than one thing can come of an arrival.
inline bool makes_copies(const models::Scenario& scenario) {
    using Rule = models::Writes::Rule;
    std::set<std::string> read;
    return std::any_of(
        scenario.twin.stages.begin(), scenario.twin.stages.end(), [&](const models::Stage& stage) {
            const bool several = stage.writes.targets.size() > 1 &&
                                 (stage.writes.rule == Rule::copy || stage.writes.rule == Rule::split);
            const bool shared =
                std::any_of(stage.reads.begin(), stage.reads.end(),
                            [&](const std::string& stream) { return !read.insert(stream).second; });
            return several || shared || stage.emits.items > 1;
        });
}

inline std::vector<models::Measure> lost_of(const models::Scenario& scenario) {
    if (!makes_copies(scenario)) return {models::measure_of(models::Aggregate::total, models::Metric::lost)};
    std::vector<models::Measure> measures;
    for (const models::Stage& stage : scenario.twin.stages)
        measures.push_back(models::measure_of(models::Aggregate::total, models::Metric::lost, stage.name));
    return measures;
}

/// None where no stage has a window.
inline std::vector<models::Measure> late_of(const models::Scenario& scenario) {
    std::vector<models::Measure> measures;
    for (const models::Stage& stage : scenario.twin.stages)
        if (stage.window)
            measures.push_back(
                models::measure_of(models::Aggregate::total, models::Metric::late, stage.name));
    return measures;
}

/// Whether it is about deadlines of runs.
inline bool has_deadlines(const models::Measure& measure) {
    return measure.by_clock.has_value() || measure.by_offset.has_value();
}

/// Runs that missed one of the deadlines of these measures.
inline double missed_in(const models::ReplicationOutcome& outcome, const std::vector<std::size_t>& measures) {
    std::set<std::uint64_t> missed;
    for (const std::size_t measure : measures)
        missed.insert(outcome.missed[measure].begin(), outcome.missed[measure].end());
    return static_cast<double>(missed.size());
}

}  // namespace understudy::studies
