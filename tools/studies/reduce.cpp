#include "tools/studies/reduce.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "kernel/random.h"
#include "models/compile/compile.h"
#include "tools/studies/constraints.h"
#include "tools/studies/earlier.h"
#include "tools/studies/judge.h"
#include "tools/studies/one_run.h"
#include "tools/studies/precision.h"
#include "tools/studies/promised_probe.h"
#include "tools/studies/stability.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

namespace {

using models::Measure;

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
    std::map<std::string_view, const StationForecast*> by_name;
    for (const StationForecast& station : prepared.forecast) by_name.emplace(station.element, &station);
    for (std::size_t i = 0; i < prepared.measures.size(); ++i) {
        const Measure& measure = prepared.measures[i];
        if (measure.metric != models::Metric::waiting || !measure.of_load.empty() ||
            !prepared.model->probes[i].series)
            continue;
        const auto forecast = by_name.find(measure.scope);
        if (forecast == by_name.end()) continue;
        const auto grew = grown_line(series[i], from, scenario.run.confidence);
        if (!grew) continue;
        const bool foreseen = !forecast->second->stable || forecast->second->critical;
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

/// What stands in the way of believing intervals of a run.
class Doubter {
public:
    Doubter(const PreparedRun& prepared, std::set<std::string> growing, bool too_short,
            const std::string& broken_off)
        : prepared_(prepared), growing_(std::move(growing)), too_short_(too_short), broken_off_(broken_off) {
        for (const StationForecast& station : prepared.forecast) {
            if (station.critical)
                critical_.insert(station.element);
            else if (!station.stable)
                unstable_.insert(station.element);
        }
        // Large scenarios with nothing to find need no graph.
        if (prepared.scenario.run.length && !(growing_.empty() && critical_.empty() && unstable_.empty()))
            needed_.emplace(prepared.scenario);
    }

    Doubts operator()(const Measure& measure) const {
        Doubts doubts;
        doubts.warm_up = too_short_;
        doubts.broken_off = broken_off_;
        doubts.no_variance = why_no_variance(measure, prepared_.heavy_tails);
        if (!needed_) return doubts;
        for (const std::string& pool : needed_->by(measure)) {
            // A line that grows is what a critical load looks like.
            doubts.growing = doubts.growing || (growing_.contains(pool) && !critical_.contains(pool));
            doubts.unstable = doubts.unstable || unstable_.contains(pool);
            doubts.critical = doubts.critical || critical_.contains(pool);
        }
        return doubts;
    }

private:
    const PreparedRun& prepared_;
    std::set<std::string> growing_, critical_, unstable_;  ///< pools
    bool too_short_;
    std::string broken_off_;
    std::optional<PoolsNeeded> needed_;
};

/// A run whose warm-up is stated has means of a steady state. One that is to have none is about its start, unless
/// something else is promised.
bool says_to_be_steady(const PreparedRun& prepared) {
    const models::Scenario& scenario = prepared.scenario;
    const auto is_steady = [](const Measure& measure) { return about_steady_state(measure); };
    const auto promises = [&](const models::Objective& objective) { return is_steady(objective.measure); };
    if (*scenario.run.warm_up <= 0 || !scenario.objectives.empty())
        return std::any_of(scenario.objectives.begin(), scenario.objectives.end(), promises);
    return scenario.measures.empty() ||
           std::any_of(scenario.measures.begin(), scenario.measures.end(), is_steady);
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
    result.provenance = provenance_of(prepared, options);
    result.confidence = scenario.run.confidence;
    result.currency = scenario.currency;
    if (prepared.model->calendar) result.start = prepared.model->calendar->text(0);
    if (scenario.run.length) result.length_s = kernel::to_seconds(*scenario.run.length);
    result.interval_s = kernel::to_seconds(prepared.model->sample);
    result.forecast = prepared.forecast;
    result.aggregated = prepared.aggregated;
    result.nodes = prepared.nodes;
    result.edges = prepared.edges;
    result.warnings = prepared.warnings;
    return result;
}

std::string remark_of_alert(const models::Scenario& scenario, std::size_t action) {
    return "alert: " + alert_name(scenario, action);
}

/// What the replications say of each alert.
std::vector<AlertResult> alerts_of(const models::Scenario& scenario,
                                   const std::vector<ReplicationRecord>& records) {
    std::vector<AlertResult> all;
    for (std::size_t i = 0; i < scenario.actions.size(); ++i) {
        const models::Action& action = scenario.actions[i];
        if (action.verb != models::Action::Verb::alert) continue;
        AlertResult& one = all.emplace_back();
        one.text = alert_name(scenario, i);
        one.level = action.key.empty() ? "warn" : action.key;
        if (action.when) {
            one.when = action.when->text;
            one.element = action.when->updated.empty() ? action.when->scope : action.when->updated;
        } else if (action.every) {
            one.when = action.every->text;
        } else if (action.at) {
            one.at_s = kernel::to_seconds(*action.at);
        }
        const std::string remark = remark_of_alert(scenario, i);
        for (const ReplicationRecord& record : records)
            if (const auto told = record.remarks.find(remark); told != record.remarks.end()) {
                ++one.raised;
                one.times += told->second;
            }
    }
    return all;
}

/// What the replications say one by one.
void add_records(const models::Scenario& scenario, const Findings& findings, RunResult& result) {
    std::uint64_t fingerprint = 0;
    std::map<std::string, std::int64_t> remarks;
    for (const ReplicationRecord& record : findings.records) {
        fingerprint = kernel::mix_bits(fingerprint ^ record.fingerprint);
        result.events += record.events;
        for (const auto& [text, count] : record.remarks) remarks[text] += count;
        if (result.broken_off.empty()) result.broken_off = record.broken_off;
    }
    result.fingerprint = hexadecimal(fingerprint);
    // Alerts that are only logged are told as such; those that fail the run are told with the verdict.
    for (std::size_t i = 0; i < scenario.actions.size(); ++i) {
        const models::Action& action = scenario.actions[i];
        if (action.verb != models::Action::Verb::alert || action.key.empty()) continue;
        const auto told = remarks.find(remark_of_alert(scenario, i));
        if (told == remarks.end()) continue;
        if (action.key == "log") remarks["log: " + alert_name(scenario, i)] += told->second;
        remarks.erase(told);
    }
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

/// What is promised counts, or where nothing is, whatever is measured.
void warn_of_length(const PreparedRun& prepared, const std::vector<std::optional<Dependence>>& dependence,
                    RunResult& result) {
    const std::size_t promised = prepared.promised;
    const std::size_t count = promised > 0 ? promised : dependence.size();
    if (!is_short(dependence, count)) return;
    const Dependence* shortest = nullptr;
    for (std::size_t i = 0; i < count; ++i)
        if (dependence[i] && (shortest == nullptr || dependence[i]->lengths < shortest->lengths))
            shortest = &*dependence[i];
    result.warnings.push_back({fmt::format(
        "the run has {:.2g} relaxation times{}, and {:.0f} are needed for a mean of the steady "
        "state: intervals hold it less often than they say; make it at least {:.2g} times as long",
        shortest->lengths, shortest->of.empty() ? "" : " of '" + shortest->of + "'", least_lengths,
        std::ceil(10 * least_lengths / shortest->lengths) / 10)});
}

/// Its means are to be those of a steady state: that was looked for, or a warm-up is stated and nothing keeps changing
/// what comes after it. A run without any is about its start, as one through the day is about that day.
bool is_judged_as_steady(const PreparedRun& prepared, const WarmUpChoice& warm_up) {
    return warm_up.pilots > 0 || (warm_up.cut > 0 && !varies_over_time(prepared.scenario));
}

/// Services that means of a steady state hang on and that all replications together have hardly seen.
HardlySeen hardly_seen(const PreparedRun& prepared, kernel::Time warm_up, const Findings& findings,
                       double confidence) {
    const double seconds = static_cast<double>(findings.replications()) *
                           kernel::to_seconds(*prepared.scenario.run.length - warm_up);
    std::map<std::string_view, std::size_t> measured;
    for (std::size_t i = 0; i < prepared.measures.size(); ++i) measured.emplace(prepared.measures[i].text, i);
    return HardlySeen(prepared.rare_services, prepared.scenario, seconds, [&](const std::string& place) {
        const auto found = measured.find("avg wait(" + place + ")");
        if (found == measured.end()) return 0.0;
        return estimate(prepared.measures[found->second], findings.seen[found->second], confidence)
            .value.value_or(0);
    });
}

/// Where a formula has the exact mean of the steady state and all replications together are nowhere near it, they have not
/// seen what it hangs on: failures, bursts or items that are rarer than the run is long. So far off that it is no chance,
/// also where a thousand measures are looked at, and neither the edge of a run, of which an item is a small part.
std::optional<Unseen> far_from_exact(const Measure& measure, const models::Answer& answer, const Seen& seen,
                                     const Estimate& found) {
    if (answer.kind != models::Answer::Kind::exact || !found.low) return std::nullopt;
    constexpr double near = 0.1, level = 1 - 1e-6;
    // What is the same in each replication has not missed anything by chance, unless it is nothing.
    const double value = *found.value;
    const bool varies = *found.high - *found.low > 1e-9 * std::fabs(value);
    if (!varies && value != 0) return std::nullopt;
    const Estimate wide = estimate(measure, seen, level);
    const double slack = near * std::max(std::fabs(answer.value), std::fabs(value));
    if (!wide.low || (answer.value >= *wide.low - slack && answer.value <= *wide.high + slack))
        return std::nullopt;
    return Unseen{
        "formulas know it exactly, and it is far off what was seen: the run, or its warm-up, is too short "
        "for "
        "what it hangs on; make it longer, or go by --analytic",
        std::numeric_limits<double>::infinity()};
}

void add_metrics(const PreparedRun& prepared, const WarmUpChoice& warm_up,
                 const std::vector<std::optional<Dependence>>& dependence, const Findings& findings,
                 double confidence, RunResult& result) {
    const models::Scenario& scenario = prepared.scenario;
    const Doubter doubts_of(prepared, growing_lines(prepared, findings.series, warm_up.cut, result.warnings),
                            warm_up.too_short, result.broken_off);
    const bool steady = is_judged_as_steady(prepared, warm_up);
    std::optional<HardlySeen> seldom;
    if (steady && scenario.run.length && !warm_up.too_short && !prepared.rare_services.empty())
        seldom = hardly_seen(prepared, warm_up.cut, findings, confidence);
    std::vector<Doubts> doubted;  // by measure
    for (std::size_t i = 0; i < prepared.measures.size(); ++i) {
        const Measure& measure = prepared.measures[i];
        const Seen& seen = findings.seen[i];
        Doubts& doubts = doubted.emplace_back(doubts_of(measure));
        // Pilots know the relaxation time within a third, who states a warm-up not at all; all replications know it.
        doubts.warm_up = doubts.warm_up || (steady && is_short(dependence[i]));
        const Estimate found = estimate(measure, seen, confidence);
        if (seldom) doubts.unseen = seldom->of(measure, found.value.value_or(0));
        if (steady && !doubts.unseen)
            doubts.unseen = far_from_exact(measure, prepared.answers[i], seen, found);
        MetricResult metric;
        metric.name = measure.text;
        metric.element = measure.scope_to.empty() ? measure.scope : measure.scope_to;
        metric.unit = models::unit_of(measure, scenario);
        if (measure.aggregate == models::Aggregate::quantile) metric.quantile = measure.quantile;
        metric.expected = prepared.answers[i];
        metric.estimate = found;
        if (!metric.estimate.value) metric.no_data = "nothing was observed";
        metric.doubt = doubt(measure, doubts);
        metric.doubted = reason_of_doubt(measure, doubts);
        metric.by_section = by_section(measure, seen, confidence);
        result.metrics.push_back(std::move(metric));
    }
    for (const models::Objective& objective : scenario.objectives) {
        const std::size_t probe = probe_of(prepared, objective);
        result.objectives.push_back(judge(objective, findings.seen[probe], confidence, doubted[probe]));
        result.objectives.back().unit = result.metrics[probe].unit;
    }
    warn_of_strays(prepared, result);
    std::map<std::string_view, std::optional<double>> utilisation;
    for (std::size_t i = 0; i < prepared.measures.size(); ++i)
        if (prepared.measures[i].metric == models::Metric::utilisation &&
            prepared.measures[i].aggregate == models::Aggregate::average)
            utilisation[prepared.measures[i].scope] = result.metrics[i].estimate.value;
    for (GraphNode& node : result.nodes)
        if (const auto found = utilisation.find(node.name);
            found != utilisation.end() && (node.kind == "pool" || node.kind == "stage"))
            node.utilisation = found->second;
}

}  // namespace

RunResult reduce(const PreparedRun& prepared, const RunOptions& options, const WarmUpChoice& warm_up,
                 const PrecisionPlan& plan, std::int64_t wanted, Findings findings,
                 std::optional<double> level) {
    RunResult result = result_of(prepared, options);
    result.replications_done = findings.replications();
    result.provenance.replications = wanted;
    result.interrupted = result.replications_done < wanted;
    result.interval_reason = interval_reason(prepared);
    if (!plan.interrupted.empty()) result.warnings.push_back({plan.interrupted});
    const auto dependence = findings.relate(prepared, warm_up.cut);
    if (prepared.scenario.run.precision && !result.interrupted) {
        if (aims_in_vain(prepared, warm_up, dependence))
            result.warnings.push_back(
                {"no precision was aimed for: of a run that is too short more replications tell no more of "
                 "the steady state; make it longer"});
        else
            say_of_precision(prepared, findings.seen, wanted, result);
    }
    if (const std::string how = say_of_variance_reduction(prepared, findings.seen); !how.empty())
        result.replications_reason += (result.replications_reason.empty() ? "" : "; ") + how;
    if (const std::string why = why_no_controls(prepared, warm_up.cut, findings.replications()); !why.empty())
        result.warnings.push_back({why});
    add_records(prepared.scenario, findings, result);
    if (findings.draws_missing > 0 && options.recorded)
        result.warnings.push_back(
            {std::to_string(findings.draws_missing) + " draws were not in the recording and drawn anew"});
    // Who waits behind what has no mean never comes to a steady state, in no run: that is warned of already.
    const bool settles =
        std::none_of(prepared.heavy_tails.begin(), prepared.heavy_tails.end(),
                     [](const HeavyTail& tail) { return tail.in_line && tail.moments <= 1; });
    add_warm_up(warm_up, warm_up.too_short && settles, result);
    const bool steady = warm_up.pilots > 0 || (prepared.scenario.run.warm_up && says_to_be_steady(prepared));
    if (steady && !warm_up.too_short) warn_of_length(prepared, dependence, result);
    add_metrics(prepared, warm_up, dependence, findings, level.value_or(prepared.scenario.run.confidence),
                result);
    result.simulated = digest_of_replications(prepared, options);
    result.pilots = {warm_up.pilots, warm_up.cut, warm_up.too_short, plan.replications, plan.of};
    std::move(findings).move_into(prepared, result);
    result.alerts = alerts_of(prepared.scenario, result.records);
    for (const AlertResult& alert : result.alerts)
        if (alert.level == "fail" && alert.raised > 0)
            result.warnings.push_back({fmt::format("constraint broken in {} of {} replications: {}",
                                                   alert.raised, result.records.size(), alert.text)});
    conclude_with_constraints(prepared.scenario, result);
    return result;
}

bool breaks_constraints(const models::Scenario& scenario, const RunResult& result) {
    const auto alerts = alerts_of(scenario, result.records);
    return std::any_of(alerts.begin(), alerts.end(),
                       [](const AlertResult& alert) { return alert.level == "fail" && alert.raised > 0; });
}

void conclude_with_constraints(const models::Scenario& scenario, RunResult& result) {
    conclude(result);
    if (result.verdict == Verdict::violated || !breaks_constraints(scenario, result)) return;
    result.verdict = Verdict::violated;
    result.reason = Reason::constraint;
}

}  // namespace understudy::studies
