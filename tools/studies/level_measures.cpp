#include "tools/studies/level_measures.h"

#include <algorithm>
#include <string>
#include <utility>

#include "models/compile/compile.h"
#include "models/graph.h"

namespace understudy::studies {

namespace {

using models::Aggregate;
using models::Metric;

/// Of more pools the utilisation, and of more consumers the lag, is not measured.
constexpr std::size_t most_of_a_kind = 32;

bool reads_topic(const models::Stage& stage, const models::Twin& twin) {
    return std::any_of(twin.datasets.begin(), twin.datasets.end(), [&](const models::Dataset& dataset) {
        return dataset.partitions > 0 &&
               std::find(stage.reads.begin(), stage.reads.end(), dataset.name) != stage.reads.end();
    });
}

}  // namespace

LevelMeasures measures_of_levels(const models::Scenario& base, const std::vector<models::Measure>& asked) {
    LevelMeasures of;
    std::vector<models::Measure>& measures = of.measures;
    const auto add = [&](Aggregate aggregate, Metric metric, const std::string& scope, double quantile = 0) {
        measures.push_back(models::measure_of(aggregate, metric, scope, quantile));
    };
    if (!base.loads.empty()) {
        of.completed = measures.size();
        add(Aggregate::rate, Metric::completed, "");
        of.latency = measures.size();
        add(Aggregate::average, Metric::latency, "");
        for (const double quantile : {0.5, 0.95, 0.99})
            add(Aggregate::quantile, Metric::latency, "", quantile);
        add(Aggregate::share, Metric::lost, "");
        if (std::any_of(base.twin.stages.begin(), base.twin.stages.end(),
                        [](const models::Stage& stage) { return !stage.dead_letter.empty(); }))
            add(Aggregate::share, Metric::dead_lettered, "");
        add(Aggregate::average, Metric::present, "");
    }
    Course waiting{"waiting", {}}, lag{"lag", {}};
    for (const models::Measure& measure : models::default_measures(base, models::ScenarioGraph(base))) {
        if (measure.metric == Metric::waiting) waiting.levels.push_back(measure);
        if (measure.metric != Metric::utilisation || of.utilisations.size() == most_of_a_kind) continue;
        of.utilisations.push_back(measures.size());
        measures.push_back(measure);
        add(Aggregate::average, Metric::waiting, measure.scope);
    }
    for (const models::Stage& stage : base.twin.stages) {
        if (!reads_topic(stage, base.twin)) continue;
        if (lag.levels.size() < most_of_a_kind) {
            add(Aggregate::average, Metric::lag, stage.name);
            add(Aggregate::maximum, Metric::lag, stage.name);
        }
        lag.levels.push_back(models::measure_of(Aggregate::average, Metric::lag, stage.name, 0));
    }
    measures.insert(measures.end(), asked.begin(), asked.end());
    for (Course* const course : {&waiting, &lag})
        if (!course->levels.empty()) of.courses.push_back(std::move(*course));
    return of;
}

}  // namespace understudy::studies
