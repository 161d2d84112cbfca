#include "tools/studies/rare_counts.h"

#include <algorithm>
#include <string>

namespace understudy::studies {

namespace {

using models::Metric;

/// Of what people want less of nothing need ever happen; of other events a zero says that nothing came.
bool may_be_never(Metric metric) {
    return models::kind_of(metric) == models::MetricKind::event && models::lower_is_better(metric) == true &&
           metric != Metric::waited;
}

bool goes_wrong(const models::Work& work) { return work.failure > 0 || work.timeout; }

bool goes_wrong(const models::Stage& stage, const models::Twin& twin) {
    const auto is_kept = [&](const std::string& stream) {
        return std::none_of(twin.datasets.begin(), twin.datasets.end(), [&](const models::Dataset& dataset) {
            return dataset.name == stream && dataset.retention;
        });
    };
    return goes_wrong(stage.work) || stage.queue.capacity != models::unlimited ||
           !stage.queue.timeout.empty() || !std::all_of(stage.reads.begin(), stage.reads.end(), is_kept);
}

/// Where a measure is of: an element, or with an empty scope all.
bool can_happen(const models::Scenario& scenario, const models::Measure& measure) {
    // What is done on the way may change any of it; work that is cut off may be lost.
    if (!scenario.actions.empty() || measure.metric == Metric::interrupted || measure.metric == Metric::late)
        return true;
    const auto is_asked = [&](const std::string& name) {
        return measure.scope.empty() || measure.scope == name;
    };
    bool is_known = measure.scope.empty();
    for (const models::Stage& stage : scenario.twin.stages) {
        if (!is_asked(stage.name)) continue;
        is_known = true;
        if (goes_wrong(stage, scenario.twin)) return true;
    }
    for (const models::Pipeline& pipeline : scenario.twin.pipelines)
        for (const models::Task& task : pipeline.tasks) {
            if (!is_asked(pipeline.name) && !is_asked(pipeline.name + "." + task.name)) continue;
            is_known = true;
            if (goes_wrong(task.work)) return true;
        }
    return !is_known;
}

}  // namespace

double one_event_of(const models::Measure& measure, double span_s) {
    if (models::kind_of(measure.metric) != models::MetricKind::event) return 0;
    if (measure.aggregate == models::Aggregate::total) return 1;
    if (measure.aggregate != models::Aggregate::rate || !(span_s > 0)) return 0;
    double seconds = span_s;
    if (measure.during) {
        const double window = kernel::to_seconds(measure.during->to - measure.during->from);
        seconds = measure.during->each ? span_s * window / kernel::to_seconds(*measure.during->each) : window;
    }
    return 1 / std::min(seconds, span_s);
}

bool never_happens(const models::Scenario& scenario, const models::Measure& measure) {
    return may_be_never(measure.metric) && !can_happen(scenario, measure);
}

bool may_yet_happen(const models::Scenario& scenario, const models::Measure& measure) {
    return may_be_never(measure.metric) && can_happen(scenario, measure);
}

void allow_for_rare_counts(const PreparedRun& prepared, kernel::Time warm_up, std::vector<Seen>& seen) {
    const auto length = prepared.scenario.run.length;
    const double span = length ? kernel::to_seconds(*length - warm_up) : 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const models::Measure& measure = prepared.measures[i];
        const models::Answer& known = prepared.answers[i];
        const bool is_none = known.kind == models::Answer::Kind::exact && known.value == 0;
        if (!seen[i].sections.empty() || is_none || !may_yet_happen(prepared.scenario, measure)) continue;
        const std::vector<double>& values = seen[i].by_replication;
        if (2 * std::count(values.begin(), values.end(), 0.0) < std::ssize(values)) continue;
        seen[i].least =
            one_event_of(measure, span) / static_cast<double>(std::max<std::int64_t>(seen[i].together, 1));
    }
}

}  // namespace understudy::studies
