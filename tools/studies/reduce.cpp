#include "tools/studies/reduce.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "kernel/random.h"
#include "models/compile/compile.h"
#include "tools/studies/earlier.h"
#include "tools/studies/judge.h"
#include "tools/studies/one_run.h"
#include "tools/studies/precision.h"
#include "tools/studies/stability.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

namespace {

using models::Measure;

/// A run of fewer relaxation times is too short for its warm-up to be told from the rest, where nobody says what to cut.
constexpr double least_lengths = 40;

/// Pools whose lines grew over the run. Where load or workers vary over time a line that grew may shrink again:
/// that is said, and judged by nobody.
std::set<std::string> growing_lines(const PreparedRun& prepared,
                                    const std::vector<std::vector<std::vector<double>>>& series,
                                    kernel::Time warm_up, std::vector<Warning>& warnings) {
    const models::Scenario& scenario = prepared.scenario;
    std::set<std::string> growing;
    if (!scenario.run.length || prepared.model->sample <= 0) return growing;
    const auto from = static_cast<std::size_t>(warm_up / prepared.model->sample);
    const bool varies = varies_over_time(scenario);
    for (std::size_t i = 0; i < prepared.measures.size(); ++i) {
        const Measure& measure = prepared.measures[i];
        if (measure.metric != models::Metric::waiting || !measure.of_load.empty() ||
            !prepared.model->probes[i].series)
            continue;
        const auto forecast =
            std::find_if(prepared.forecast.begin(), prepared.forecast.end(),
                         [&](const StationForecast& station) { return station.element == measure.scope; });
        if (forecast == prepared.forecast.end()) continue;
        const auto grew = growth(series[i], from, scenario.run.confidence);
        if (!grew) continue;
        const bool foreseen = !forecast->stable || forecast->critical;
        if (!varies) growing.insert(measure.scope);
        if (foreseen) continue;
        char text[160];
        const int digits = grew->second < 10 ? 1 : 0;
        std::snprintf(
            text, sizeof text,
            "the number in line grew over the run, from %.*f in its first half to %.*f in its second", digits,
            grew->first, digits, grew->second);
        warnings.push_back({"'" + measure.scope + "': " + text +
                            (varies ? "; where load varies over time it may shrink again in a longer run"
                                    : ", though the forecast calls it stable")});
    }
    return growing;
}

Doubts doubts_of(const Measure& measure, const PreparedRun& prepared, const models::ScenarioGraph& graph,
                 const std::set<std::string>& growing) {
    Doubts doubts;
    for (const std::string& pool : depends_on(measure, prepared.scenario, graph)) {
        doubts.growing = doubts.growing || growing.contains(pool);
        for (const StationForecast& station : prepared.forecast) {
            if (station.element != pool) continue;
            doubts.unstable = doubts.unstable || (!station.stable && !station.critical);
            doubts.critical = doubts.critical || station.critical;
        }
    }
    return doubts;
}

void warn_of_strays(const PreparedRun& prepared, RunResult& result) {
    // What actions do is not in the forecast, and a run until empty, or broken off, has no mean.
    const auto& actions = prepared.scenario.actions;
    if (!prepared.scenario.run.length || !result.broken_off.empty() ||
        std::any_of(actions.begin(), actions.end(),
                    [](const models::Action& action) { return action.verb != models::Action::Verb::alert; }))
        return;
    // Thousands of stations have tens of thousands of metrics.
    std::map<std::string_view, const MetricResult*> by_name;
    for (const MetricResult& metric : result.metrics) by_name.emplace(metric.name, &metric);
    for (const StationForecast& station : result.forecast)
        if (const auto found = by_name.find("avg utilisation(" + station.element + ")");
            found != by_name.end())
            if (const std::string text = strays(station, found->second->estimate); !text.empty())
                result.warnings.push_back({text});
}

/// What is known of a run before it.
RunResult result_of(const PreparedRun& prepared, const RunOptions& options) {
    const models::Scenario& scenario = prepared.scenario;
    RunResult result;
    result.provenance = provenance_of(prepared, options.version);
    result.confidence = scenario.run.confidence;
    result.currency = scenario.currency;
    if (prepared.model->calendar) result.start = prepared.model->calendar->text(0);
    if (scenario.run.length) result.length_s = kernel::to_seconds(*scenario.run.length);
    result.interval_s = kernel::to_seconds(prepared.model->sample);
    result.forecast = prepared.forecast;
    result.nodes = prepared.nodes;
    result.edges = prepared.edges;
    result.warnings = prepared.warnings;
    return result;
}

/// What the replications say one by one.
void add_records(const Findings& findings, RunResult& result) {
    std::uint64_t fingerprint = 0;
    std::map<std::string, std::int64_t> remarks;
    for (const ReplicationRecord& record : findings.records) {
        fingerprint = kernel::mix_bits(fingerprint ^ record.fingerprint);
        result.events += record.events;
        for (const auto& [text, count] : record.remarks) remarks[text] += count;
        if (result.broken_off.empty()) result.broken_off = record.broken_off;
    }
    result.fingerprint = hexadecimal(fingerprint);
    for (const auto& [text, count] : remarks)
        result.warnings.push_back({text + (count > 1 ? " (" + std::to_string(count) + " times)" : "")});
}

void add_warm_up(const WarmUpChoice& warm_up, bool too_short, RunResult& result) {
    if (warm_up.interrupted.empty()) result.warm_up_s = kernel::to_seconds(warm_up.cut);
    result.warm_up_reason = warm_up.reason;
    if (!warm_up.interrupted.empty()) result.warnings.push_back({warm_up.interrupted});
    if (too_short)
        result.warnings.push_back({"the run is too short to tell its warm-up from its steady state"});
}

void add_metrics(const PreparedRun& prepared, const WarmUpChoice& warm_up, bool too_short,
                 const Findings& findings, RunResult& result) {
    const models::Scenario& scenario = prepared.scenario;
    const double confidence = scenario.run.confidence;
    std::optional<models::ScenarioGraph> graph;  // large scenarios that promise nothing need none
    if (scenario.run.length && !scenario.objectives.empty()) graph.emplace(scenario);
    const std::set<std::string> growing =
        growing_lines(prepared, findings.series, warm_up.cut, result.warnings);
    for (std::size_t i = 0; i < prepared.measures.size(); ++i) {
        const Measure& measure = prepared.measures[i];
        const Seen& seen = findings.seen[i];
        if (i < scenario.objectives.size()) {
            Doubts doubts;
            if (graph) doubts = doubts_of(measure, prepared, *graph, growing);
            doubts.warm_up = too_short;
            doubts.broken_off = result.broken_off;
            result.objectives.push_back(judge(scenario.objectives[i], seen, confidence, doubts));
            result.objectives.back().unit = models::unit_of(measure, scenario);
        }
        MetricResult metric;
        metric.name = measure.text;
        metric.element = measure.scope_to.empty() ? measure.scope : measure.scope_to;
        metric.unit = models::unit_of(measure, scenario);
        metric.expected = prepared.answers[i];
        metric.estimate = estimate(measure, seen, confidence);
        if (!metric.estimate.value) metric.no_data = "nothing was observed";
        metric.by_section = by_section(measure, seen, confidence);
        result.metrics.push_back(std::move(metric));
    }
    warn_of_strays(prepared, result);
    for (GraphNode& node : result.nodes)
        for (std::size_t i = 0; i < prepared.measures.size(); ++i)
            if (prepared.measures[i].metric == models::Metric::utilisation &&
                prepared.measures[i].aggregate == models::Aggregate::average &&
                prepared.measures[i].scope == node.name && (node.kind == "pool" || node.kind == "stage"))
                node.utilisation = result.metrics[i].estimate.value;
}

}  // namespace

RunResult reduce(const PreparedRun& prepared, const RunOptions& options, const WarmUpChoice& warm_up,
                 const PrecisionPlan& plan, std::int64_t wanted, Findings findings) {
    RunResult result = result_of(prepared, options);
    result.replications_done = findings.replications();
    result.provenance.replications = wanted;
    result.interrupted = result.replications_done < wanted;
    result.interval_reason = interval_reason(prepared);
    if (!plan.interrupted.empty()) result.warnings.push_back({plan.interrupted});
    const auto dependence = findings.relate(prepared, warm_up.cut);
    if (prepared.scenario.run.precision && !result.interrupted)
        say_of_precision(prepared, findings.seen, wanted, result);
    if (const std::string how = say_of_variance_reduction(prepared, findings.seen); !how.empty())
        result.replications_reason += (result.replications_reason.empty() ? "" : "; ") + how;
    if (const std::string why = why_no_controls(prepared, warm_up.cut, findings.replications()); !why.empty())
        result.warnings.push_back({why});
    add_records(findings, result);
    if (findings.draws_missing > 0 && options.recorded)
        result.warnings.push_back(
            {std::to_string(findings.draws_missing) + " draws were not in the recording and drawn anew"});
    // Pilots know the relaxation time within a third; all replications know it better.
    const bool too_short =
        warm_up.too_short || (warm_up.pilots > 0 && dependence && dependence->lengths < least_lengths);
    add_warm_up(warm_up, too_short, result);
    add_metrics(prepared, warm_up, too_short, findings, result);
    result.simulated = digest_of_replications(prepared, options);
    result.pilots = {warm_up.pilots, warm_up.cut, warm_up.too_short, plan.replications, plan.of};
    std::move(findings).move_into(prepared, result);
    conclude(result);
    return result;
}

}  // namespace understudy::studies
