#include "tools/studies/forecast.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "kernel/replications.h"
#include "models/compile/compile.h"
#include "models/graph.h"
#include "models/simulation/replication.h"
#include "tools/studies/judge.h"
#include "tools/studies/redrawn_inputs.h"
#include "tools/studies/run.h"

namespace understudy::studies {

namespace {

constexpr std::size_t looks = 4;
constexpr std::size_t most_backlogs = 20;

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

models::ReplicationOutcome could_not_begin(std::size_t probes) {
    models::ReplicationOutcome outcome;
    outcome.broken_off = true;
    outcome.stopped = "with the parameters as they were drawn it is no twin";
    outcome.values.resize(probes);
    return outcome;
}

}  // namespace

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
    result.provenance = provenance_of(*prepared, options.version);
    const std::size_t probes = prepared->measures.size();
    std::vector<std::vector<double>> values(probes);
    const std::atomic<bool> never_stop{false};
    result.futures = kernel::replicate(
        0, options.futures, options.threads > 0 ? options.threads : kernel::default_threads(),
        options.stop ? *options.stop : never_stop,
        [&](std::int64_t index) -> std::optional<models::ReplicationOutcome> {
            std::shared_ptr<const models::Model> model = prepared->model;
            if (!options.inputs.empty()) model = redrawn_model(*prepared, options.inputs, index);
            if (!model) return could_not_begin(probes);
            models::ReplicationOptions one;
            one.seed = prepared->scenario.run.seed;
            one.index = static_cast<std::uint64_t>(index);
            one.warm_up = result.as_of;
            one.stop = options.stop;
            return models::run_replication(model, one);
        },
        [&](std::int64_t, std::optional<models::ReplicationOutcome> outcome) {
            if (!outcome) return;
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
        const auto all = static_cast<double>(one.of);
        if (one.of > 0 && result.broken_off == 0) {
            if (static_cast<double>(one.holds) >= result.confidence * all - 1e-9) one.verdict = Verdict::met;
            if (static_cast<double>(one.of - one.holds) >= result.confidence * all - 1e-9)
                one.verdict = Verdict::violated;
        }
        if (one.verdict == Verdict::violated) result.verdict = Verdict::violated;
        if (one.verdict == Verdict::inconclusive && result.verdict == Verdict::met)
            result.verdict = Verdict::inconclusive;
        result.objectives.push_back(std::move(one));
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
    return result;
}

}  // namespace understudy::studies
