#include "tools/studies/forecast.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "kernel/replications.h"
#include "models/compile/compile.h"
#include "models/graph.h"
#include "models/reach.h"
#include "models/simulation/replication.h"
#include "tools/studies/constraints.h"
#include "tools/studies/judge.h"
#include "tools/studies/present_watch.h"
#include "tools/studies/redrawn_inputs.h"
#include "tools/studies/run.h"

namespace understudy::studies {

namespace {

constexpr std::size_t looks = 4;
constexpr std::size_t most_backlogs = 20;
constexpr std::size_t most_runs = 12;  // of a pipeline

/// How many of n lie beyond each end of the interval.
std::int64_t beyond(std::int64_t n, double confidence) {
    return static_cast<std::int64_t>(std::floor(static_cast<double>(n + 1) * (1 - confidence) / 2 + 1e-9));
}

models::Measure of(models::Metric metric, const std::string& scope, models::Aggregate aggregate) {
    models::Measure measure;
    measure.metric = metric;
    measure.scope = scope;
    measure.aggregate = aggregate;
    measure.text = std::string(models::name_of(metric)) + "(" + scope + ")";
    return measure;
}

/// As another log would have it; nothing where that makes no twin.
std::shared_ptr<const models::Model> redrawn_model(const PreparedRun& prepared,
                                                   const std::vector<UncertainInput>& inputs,
                                                   std::int64_t future) {
    const models::Scenario drawn = redraw_inputs(prepared.scenario, inputs, prepared.scenario.run.seed,
                                                 static_cast<std::uint64_t>(future));
    models::Problems problems;
    return models::compile(drawn, models::ScenarioGraph(drawn), prepared.measures,
                           std::vector<bool>(prepared.measures.size(), false), problems);
}

struct Future {
    models::ReplicationOutcome outcome;
    std::map<std::pair<models::Index, std::uint64_t>, PresentWatch::RunSeen> runs;
    std::map<models::Index, kernel::Time> drained;
};

models::ReplicationOutcome could_not_begin(std::size_t probes) {
    models::ReplicationOutcome outcome;
    outcome.broken_off = true;
    outcome.stopped = "with the parameters as they were drawn it is no twin";
    outcome.values.resize(probes);
    return outcome;
}

double seconds_or_never(kernel::Time time) {
    return time == kernel::never ? std::numeric_limits<double>::infinity() : kernel::to_seconds(time);
}

/// What is there now and what will be due, seen over all futures.
class WhatBecomes {
public:
    WhatBecomes(const models::Scenario& scenario, const models::Model& model, kernel::Time as_of,
                kernel::Time until)
        : until_(until), things_(present_things(model)) {
        for (const models::Pipeline& pipeline : scenario.twin.pipelines) {
            using When = models::Schedule::Kind;
            const When when = pipeline.schedule.kind;
            clocked_[model.element_named(pipeline.name)] =
                when == When::once || when == When::every || when == When::calendar;
        }
        if (!model.initial) return;
        for (const models::ElementState& state : model.initial->elements)
            for (std::size_t i = 0; i < state.runs.size(); ++i)
                row({model.element_named(state.element), true, static_cast<kernel::Time>(i + 1)}).due =
                    as_of - state.runs[i].age;
    }

    const PresentThings& things() const { return things_; }

    void add(const Future& future) {
        for (const auto& [which, seen] : future.runs) {
            const auto& [pipeline, number] = which;
            const auto open = things_.runs.find(pipeline);
            const bool is_open = open != things_.runs.end() && number <= open->second;
            if (!is_open && (!clocked_.at(pipeline) || seen.due >= until_)) continue;
            Row& of = row({pipeline, is_open, is_open ? static_cast<kernel::Time>(number) : seen.due});
            if (!is_open) of.due = seen.due;
            of.ends.push_back(seconds_or_never(seen.end));
            of.failed += seen.end != kernel::never && seen.failed ? 1 : 0;
        }
        for (const auto& [stage, at] : future.drained) drained_[stage].push_back(seconds_or_never(at));
    }

    std::vector<PredictedRun> runs(const models::Model& model, double confidence) const {
        std::vector<PredictedRun> all;
        std::map<models::Index, std::size_t> told;
        for (const auto& [key, row] : rows_) {
            if (told[std::get<0>(key)]++ >= most_runs) continue;
            PredictedRun one;
            one.pipeline = model.elements[std::get<0>(key)].name;
            one.open = !std::get<1>(key);
            one.due = row.due;
            one.over = std::count_if(row.ends.begin(), row.ends.end(),
                                     [](double end) { return std::isfinite(end); });
            one.failed = row.failed;
            one.end = predict(row.ends, confidence);
            all.push_back(std::move(one));
        }
        return all;
    }

    std::vector<PredictedDrain> drains(const models::Model& model, double confidence) const {
        std::vector<PredictedDrain> all;
        for (const auto& [stage, times] : drained_) {
            PredictedDrain one;
            one.name = model.elements[stage].name;
            one.present = things_.items.at(stage);
            one.drained =
                std::count_if(times.begin(), times.end(), [](double at) { return std::isfinite(at); });
            one.at = predict(times, confidence);
            all.push_back(std::move(one));
        }
        std::stable_sort(all.begin(), all.end(), [](const PredictedDrain& a, const PredictedDrain& b) {
            return a.present > b.present;
        });
        if (all.size() > most_backlogs) all.resize(most_backlogs);
        return all;
    }

private:
    struct Row {
        kernel::Time due = 0;
        std::vector<double> ends;
        std::int64_t failed = 0;
    };
    /// Of a pipeline; those that are there first, by number, then by when they are due.
    using Key = std::tuple<models::Index, bool, kernel::Time>;
    Row& row(const std::tuple<models::Index, bool, kernel::Time>& which) {
        const auto& [pipeline, open, place] = which;
        return rows_[{pipeline, !open, place}];
    }

    kernel::Time until_;
    PresentThings things_;
    std::map<models::Index, bool> clocked_;  ///< pipelines whose runs are due by the clock alone
    std::map<Key, Row> rows_;
    std::map<models::Index, std::vector<double>> drained_;
};

Verdict verdict_of(std::int64_t holds, std::int64_t of, double confidence) {
    const auto all = static_cast<double>(of);
    if (of > 0 && static_cast<double>(holds) >= confidence * all - 1e-9) return Verdict::met;
    if (of > 0 && static_cast<double>(of - holds) >= confidence * all - 1e-9) return Verdict::violated;
    return Verdict::inconclusive;
}

models::Measure of(const models::Condition& condition) {
    models::Measure measure;
    measure.metric = condition.metric;
    measure.scope = condition.updated.empty() ? condition.scope : condition.updated;
    return measure;
}

}  // namespace

bool Forecast::promises() const {
    return !objectives.empty() || std::any_of(alerts.begin(), alerts.end(), [](const PredictedAlert& alert) {
        return alert.level == "fail";
    });
}

std::int64_t futures_needed(double confidence) {
    return static_cast<std::int64_t>(std::ceil(2 / (1 - confidence) - 1e-9)) - 1;
}

Predicted predict(std::vector<double> values, double confidence) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    Predicted result;
    if (values.empty()) return result;
    std::sort(values.begin(), values.end());
    result.middle = values[(values.size() - 1) / 2];
    const std::int64_t k = beyond(static_cast<std::int64_t>(values.size()), confidence);
    if (k < 1) return result;
    result.low = values[static_cast<std::size_t>(k - 1)];
    result.high = values[values.size() - static_cast<std::size_t>(k)];
    return result;
}

std::optional<Forecast> forecast(models::Scenario scenario, const ForecastOptions& options,
                                 models::Problems& problems) {
    Forecast result;
    result.as_of = scenario.twin.state.as_of;
    result.until = kernel::later(result.as_of, options.horizon);
    result.confidence = scenario.run.confidence;
    scenario.run.length = result.until;
    scenario.run.warm_up = result.as_of;
    scenario.run.sample = options.horizon;
    scenario.run.replications = options.futures;
    for (std::size_t i = 1; i <= looks; ++i)
        result.instants.push_back(result.as_of + options.horizon / static_cast<kernel::Time>(looks) *
                                                     static_cast<kernel::Time>(i));
    result.instants.back() = result.until;
    const std::size_t objectives = scenario.objectives.size();
    scenario.measures.clear();
    for (const models::Pipeline& pipeline : scenario.twin.pipelines) {
        PredictedPipeline one;
        one.name = pipeline.name;
        for (const models::ElementState& state : scenario.twin.state.elements)
            if (state.element == pipeline.name) one.open = static_cast<std::int64_t>(state.runs.size());
        result.pipelines.push_back(std::move(one));
        scenario.measures.push_back(of(models::Metric::end, pipeline.name, models::Aggregate::maximum));
        scenario.measures.push_back(of(models::Metric::empty, pipeline.name, models::Aggregate::at));
    }
    std::vector<std::string> stages;
    for (const models::Stage& stage : scenario.twin.stages)
        if (stage.work.workers || !stage.work.runs_on.empty()) stages.push_back(stage.name);
    for (const std::string& stage : stages)
        for (std::size_t i = 0; i < looks; ++i) {
            models::Measure measure = of(models::Metric::waiting, stage, models::Aggregate::at);
            if (i + 1 < looks) measure.at = result.instants[i];
            scenario.measures.push_back(std::move(measure));
        }
    const auto prepared = prepare(std::move(scenario), problems, Measured::asked);
    if (!prepared) return std::nullopt;
    RunOptions told;
    told.version = options.version;
    told.set = options.set;
    result.provenance = provenance_of(*prepared, told);
    result.calendar = prepared->model->calendar;
    WhatBecomes becomes(prepared->scenario, *prepared->model, result.as_of, result.until);
    const auto& actions = prepared->scenario.actions;
    std::vector<std::int64_t> raised(actions.size());
    const std::size_t probes = prepared->measures.size();
    std::vector<std::vector<double>> values(probes);
    const std::atomic<bool> never_stop{false};
    result.futures = kernel::replicate(
        0, options.futures, options.threads > 0 ? options.threads : kernel::default_threads(),
        options.stop ? *options.stop : never_stop,
        [&](std::int64_t index) -> std::optional<Future> {
            std::shared_ptr<const models::Model> model = prepared->model;
            if (!options.inputs.empty()) model = redrawn_model(*prepared, options.inputs, index);
            if (!model) return Future{could_not_begin(probes), {}, {}};
            models::ReplicationOptions one;
            one.seed = prepared->scenario.run.seed;
            one.index = static_cast<std::uint64_t>(index);
            one.warm_up = result.as_of;
            one.stop = options.stop;
            // Names have the same places in all these models.
            PresentWatch watch(becomes.things());
            if (!prepared->model->pipelines.empty() || !becomes.things().items.empty()) one.sink = &watch;
            auto outcome = models::run_replication(model, one);
            if (!outcome) return std::nullopt;
            Future future{std::move(*outcome), watch.runs(), {}};
            for (const auto& [stage, count] : becomes.things().items)
                future.drained[stage] = watch.drained(stage);
            return future;
        },
        [&](std::int64_t, std::optional<Future> future) {
            if (!future) return;
            becomes.add(*future);
            const models::ReplicationOutcome* outcome = &future->outcome;
            std::set<models::Index> once;
            for (const models::Alert& alert : outcome->alerts)
                if (alert.at >= result.as_of && once.insert(alert.action).second) ++raised[alert.action];
            if (outcome->broken_off || !outcome->deadlock.empty()) {
                if (++result.broken_off == 1)
                    result.why_broken_off =
                        !outcome->stopped.empty() ? outcome->stopped : "workers wait for each other's places";
            }
            for (std::size_t probe = 0; probe < probes; ++probe)
                values[probe].push_back(
                    outcome->values[probe].value_or(std::numeric_limits<double>::quiet_NaN()));
        });
    result.interrupted = options.stop && *options.stop;
    if (!options.inputs.empty()) result.input_reason = redrawn_text(result.futures, options.inputs);
    const std::int64_t k = beyond(result.futures, result.confidence);
    result.coverage =
        k < 1 ? 0 : static_cast<double>(result.futures + 1 - 2 * k) / static_cast<double>(result.futures + 1);
    result.verdict = Verdict::met;
    const auto count_in = [&](Verdict verdict) {
        if (verdict == Verdict::violated) result.verdict = Verdict::violated;
        if (verdict == Verdict::inconclusive && result.verdict == Verdict::met)
            result.verdict = Verdict::inconclusive;
    };
    std::vector<std::string> incomplete;  // elements
    for (const models::ElementState& state : prepared->scenario.twin.state.elements) {
        if (!state.missing.empty()) incomplete.push_back(state.element);
        for (const std::string& what : state.missing) result.missing.push_back({state.element, what});
    }
    std::optional<models::ScenarioGraph> graph;
    if (!incomplete.empty()) graph.emplace(prepared->scenario);
    const auto lacks_of = [&](const models::Measure& measure) {
        return graph ? models::that_may_change(measure, incomplete, prepared->scenario, *graph)
                     : std::vector<std::string>{};
    };
    for (std::size_t i = 0; i < objectives; ++i) {
        const models::Objective& objective = prepared->scenario.objectives[i];
        PredictedObjective one;
        one.text = objective.text;
        one.unit = models::unit_of(objective.measure.aggregate, objective.measure.metric);
        one.value = predict(values[i], result.confidence);
        for (const double value : values[i]) {
            if (std::isnan(value)) continue;
            ++one.of;
            if (holds(objective.comparison, value, objective.limit)) ++one.holds;
        }
        one.lacks = lacks_of(objective.measure);
        if (result.broken_off == 0 && one.lacks.empty())
            one.verdict = verdict_of(one.holds, one.of, result.confidence);
        count_in(one.verdict);
        result.objectives.push_back(std::move(one));
    }
    for (std::size_t i = 0; i < actions.size(); ++i) {
        const models::Action& action = actions[i];
        if (action.verb != models::Action::Verb::alert) continue;
        PredictedAlert one;
        one.text = alert_name(prepared->scenario, i);
        one.level = action.key.empty() ? "warn" : action.key;
        one.raised = raised[i];
        if (action.when) one.lacks = lacks_of(of(*action.when));
        if (is_constraint(action)) {
            if (result.broken_off == 0 && one.lacks.empty())
                one.verdict = verdict_of(result.futures - one.raised, result.futures, result.confidence);
            count_in(one.verdict);
        }
        result.alerts.push_back(std::move(one));
    }
    if (result.interrupted || result.broken_off > 0) result.verdict = Verdict::inconclusive;
    std::size_t probe = objectives;
    for (PredictedPipeline& pipeline : result.pipelines) {
        std::vector<double> ends = values[probe];
        const std::vector<double>& over = values[probe + 1];
        for (std::size_t i = 0; i < ends.size(); ++i) {
            if (over[i] > 0.5)
                ++pipeline.done;
            else
                ends[i] = std::numeric_limits<double>::infinity();
        }
        pipeline.end = predict(std::move(ends), result.confidence);
        probe += 2;
    }
    for (const std::string& stage : stages) {
        PredictedBacklog one;
        one.name = stage;
        for (std::size_t i = 0; i < looks; ++i) one.at.push_back(predict(values[probe++], result.confidence));
        result.backlogs.push_back(std::move(one));
    }
    const auto most = [](const PredictedBacklog& one) {
        double high = 0;
        for (const Predicted& at : one.at) high = std::max(high, at.high.value_or(0));
        return high;
    };
    std::stable_sort(result.backlogs.begin(), result.backlogs.end(),
                     [&](const PredictedBacklog& a, const PredictedBacklog& b) { return most(a) > most(b); });
    if (result.backlogs.size() > most_backlogs) result.backlogs.resize(most_backlogs);
    result.runs = becomes.runs(*prepared->model, result.confidence);
    result.drains = becomes.drains(*prepared->model, result.confidence);
    const auto stage_lacks = [&](const std::string& stage) {
        return !lacks_of(of(models::Metric::waiting, stage, models::Aggregate::at)).empty();
    };
    for (PredictedBacklog& one : result.backlogs) one.lacks = stage_lacks(one.name);
    for (PredictedDrain& one : result.drains) one.lacks = stage_lacks(one.name);
    for (PredictedRun& one : result.runs)
        one.lacks = !lacks_of(of(models::Metric::end, one.pipeline, models::Aggregate::maximum)).empty();
    return result;
}

}  // namespace understudy::studies
