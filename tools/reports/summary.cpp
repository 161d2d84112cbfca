#include "tools/reports/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "models/listed.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

using studies::Estimate;
using studies::MetricResult;
using studies::RunResult;

EstimateText estimate_text(const Estimate& estimate, const std::string& unit, std::optional<double> beside) {
    if (!estimate.value) return {"-", ""};
    double largest = std::max(std::abs(*estimate.value), std::abs(beside.value_or(0)));
    const bool bounded = estimate.low && estimate.high;
    // The estimate's own size chooses the unit: an interval may reach to zero or far out. Where it is 0 that of its end does.
    if (*estimate.value == 0 && bounded) largest = std::max(largest, *estimate.high);
    const HumanUnit shown = human_unit(largest, unit);
    EstimateText text;
    text.value = human_number(*estimate.value * shown.factor) + shown.suffix;
    // What is counted: " runs", but "1 run".
    if (text.value.starts_with("1 ") && shown.factor == 1 && unit.ends_with('s') && unit.size() > 3 &&
        unit.find('/') == std::string::npos)
        text.value.pop_back();
    if (bounded) {
        text.interval = fmt::format("{} to {}", human_number(*estimate.low * shown.factor),
                                    human_number(*estimate.high * shown.factor));
    }
    const auto part = [&](const char* name, const studies::PartOfInterval& of) {
        return fmt::format("{} {} to {}", name, human_number(of.low * shown.factor),
                           human_number(of.high * shown.factor));
    };
    if (estimate.simulation && estimate.input)
        text.parts = part("simulation", *estimate.simulation) + ", " + part("inputs", *estimate.input);
    return text;
}

UncertainText uncertain_text(const studies::Uncertain& uncertain) {
    const studies::ObjectiveResult& objective = *uncertain.objective;
    const double value = *objective.estimate.value;
    const HumanUnit unit =
        human_unit(value != 0 ? std::abs(value) : std::abs(objective.limit), objective.unit);
    const auto shown = [&](double number) { return human_number(number * unit.factor, 3); };
    UncertainText text{human_number(value * unit.factor) + unit.suffix, "-", shown(uncertain.distance), "-"};
    if (uncertain.half_width) text.half_width = shown(*uncertain.half_width);
    if (objective.more_replications > 0)
        text.more = std::to_string(objective.more_replications);
    else if (objective.verdict != studies::Verdict::inconclusive)
        text.more = "decided";
    return text;
}

std::string name_in_group(const std::string& name, const std::string& element) {
    if (element.empty()) return name;
    const std::string scope = "(" + element + ")";
    const auto at = name.find(scope);
    if (at == std::string::npos) return name;
    return name.substr(0, at) + name.substr(at + scope.size());
}

std::vector<MetricGroup> group_metrics(const RunResult& result) {
    std::vector<MetricGroup> groups;
    std::unordered_map<std::string, std::size_t> index;
    for (const auto& metric : result.metrics) {
        if (!metric.estimate.value) continue;
        const auto [found, added] = index.try_emplace(metric.element, groups.size());
        if (added) groups.push_back({metric.element, {}});
        groups[found->second].metrics.push_back(&metric);
    }
    std::stable_partition(groups.begin(), groups.end(),
                          [](const MetricGroup& group) { return group.element.empty(); });
    return groups;
}

std::string basis_of_intervals(const RunResult& result) {
    const std::string level = human(result.confidence, "fraction");
    if (result.replications_done != 1)
        return fmt::format("{} intervals over {} replications{}", level, result.replications_done,
                           result.input_reason.empty() ? "" : " and fitted inputs");
    return result.interval_reason.starts_with("none") || result.interval_reason.empty()
               ? "one replication, no intervals"
               : fmt::format("{} intervals within one replication", level);
}

std::string doubt_text(const MetricResult& metric, const RunResult& result) {
    const Estimate& estimate = metric.estimate;
    std::vector<std::string> reasons;
    if (!metric.doubt.empty()) reasons.push_back(metric.doubt);
    if (result.replications_done > 1 && estimate.value) {
        if (estimate.replications < result.replications_done)
            reasons.push_back(fmt::format("{} of {} replications have data", estimate.replications,
                                          result.replications_done));
        if (!estimate.low) reasons.push_back("not enough data for an interval");
        const auto is_of = [&](const char* what) { return metric.name.starts_with(what); };
        const bool none =
            *estimate.value == 0 && estimate.high.value_or(0) > 0 &&
            (is_of("avg wait(") || is_of("avg waiting(") || is_of("max wait(") || is_of("max waiting("));
        if (none) reasons.push_back("no wait was seen");
    }
    // Where the others have an interval; else the head says why there is none.
    if (result.replications_done == 1 && estimate.value && !estimate.low && !result.interval_reason.empty() &&
        !result.interval_reason.starts_with("none") && metric.doubt.empty())
        reasons.push_back("one replication gives no interval of it");
    return fmt::format("{}", fmt::join(reasons, "; "));
}

std::string note_on_extremes(const RunResult& result) {
    const bool any =
        std::any_of(result.metrics.begin(), result.metrics.end(), [](const MetricResult& metric) {
            return metric.estimate.value &&
                   (metric.name.starts_with("max ") || metric.name.starts_with("min "));
        });
    if (!any) return "";
    return "max and min: the mean of those of each replication, not that of all, so that a p(N) of all items "
           "may "
           "lie beyond it";
}

std::vector<const MetricResult*> expected_times(const RunResult& result, const std::vector<Load>& loads) {
    std::vector<std::string> names;
    for (const Load& load : loads) {
        // A pool's line is that of its stages.
        names.push_back("avg wait(" + load.element + ")");
        for (const auto& edge : result.edges)
            if (edge.kind == "runs_on" && edge.to == load.element && edge.from != load.element)
                names.push_back("avg wait(" + edge.from + ")");
    }
    names.push_back("avg latency()");
    std::vector<const MetricResult*> found;
    constexpr std::size_t most = 5;
    for (const std::string& name : names)
        for (const MetricResult& metric : result.metrics)
            if (metric.name == name && found.size() < most && metric.estimate.value &&
                metric.expected.kind != models::Answer::Kind::refused)
                found.push_back(&metric);
    return found;
}

std::vector<Load> loads(const RunResult& result) {
    std::vector<Load> list;
    std::unordered_map<std::string, std::size_t> index;
    const auto entry = [&](const std::string& element) -> Load& {
        const auto [found, added] = index.try_emplace(element, list.size());
        if (added) {
            list.emplace_back();
            list.back().element = element;
        }
        return list[found->second];
    };
    for (const auto& station : result.forecast) {
        Load& load = entry(station.element);
        load.forecast = &station;
        load.expected = station.utilisation;
    }
    for (const auto& metric : result.metrics) {
        if (metric.element.empty() || !metric.estimate.value) continue;
        // "avg utilisation(X)" and the like, without a window or other qualifier behind it.
        if (metric.name != "avg utilisation(" + metric.element + ")" &&
            metric.name != "utilisation(" + metric.element + ")") {
            continue;
        }
        entry(metric.element).simulated = metric.estimate;
    }
    for (const auto& node : result.nodes) {
        if (!node.utilisation) continue;
        Load& load = entry(node.name);
        if (!load.simulated.value) load.simulated.value = node.utilisation;
    }
    std::erase_if(list, [](const Load& load) { return !load.simulated.value && !load.expected; });
    std::stable_sort(list.begin(), list.end(),
                     [](const Load& a, const Load& b) { return a.sort_by() > b.sort_by(); });
    return list;
}

namespace {

std::string what_is_aggregated(const RunResult& result) {
    return fmt::format("not simulated, as no promise depends on {}: {}",
                       result.aggregated.size() == 1 ? "it" : "them", models::listed(result.aggregated, 5));
}

}  // namespace

std::string run_line(const RunResult& result) {
    const std::int64_t done = result.replications_done, asked = result.provenance.replications;
    if (done == 0)  // nothing is known of a run that was killed, or interrupted at once
        return fmt::format("none of {} replications has ended, seed {}", asked, result.provenance.seed);
    std::string text = done == asked ? fmt::format("{} replication{}", done, done == 1 ? "" : "s")
                                     : fmt::format("{} of {} replications", done, asked);
    if (!result.replications_reason.empty()) text += fmt::format(" ({})", result.replications_reason);
    text += result.length_s ? fmt::format(" of {}", human(*result.length_s, "s")) : " until empty";
    if (result.warm_up_s && *result.warm_up_s > 0) {
        text += fmt::format(", warm-up {} cut", human(*result.warm_up_s, "s"));
        if (!result.warm_up_reason.empty()) text += fmt::format(" ({})", result.warm_up_reason);
    } else {
        text += ", no warm-up cut";
    }
    text += fmt::format(", seed {}", result.provenance.seed);
    if (!result.interval_reason.empty()) text += "; intervals: " + result.interval_reason;
    if (!result.input_reason.empty()) text += "; " + result.input_reason;
    if (!result.aggregated.empty()) text += "; " + what_is_aggregated(result);
    return text;
}

Headline headline(const RunResult& result) {
    const bool promised = result.reason != studies::Reason::no_objectives;
    Headline head{promised ? name_of(result.verdict) : "no objectives",
                  promised ? reason_words(result.reason) : ""};
    const auto overloaded = std::find_if(
        result.forecast.begin(), result.forecast.end(),
        [](const studies::StationForecast& station) { return !station.stable && !station.critical; });
    std::string detail = result.broken_off;
    if (detail.empty() && overloaded != result.forecast.end() && result.length_s)
        detail = "more work arrives than can be done";
    if (result.reason == studies::Reason::unstable && !detail.empty())
        head.why += ": " + detail;
    else if (head.why.empty())
        head.why = detail;
    return head;
}

std::string what_is_short(const studies::StationForecast& station) {
    if (station.critical) return "as much work arrives as can be done";
    // Without workers the load is infinite as well.
    if (std::isinf(station.load) && station.offered_load == 0)
        return "what enters goes round and never leaves";
    // Where nodes have room left that nothing fits in, their number alone would seem to be enough.
    const std::string by =
        station.offered_load < station.workers
            ? fmt::format("{} of what fits on them at once", human(station.load, "fraction"))
            : fmt::format("{} workers needed, {} there", human_number(station.offered_load),
                          human_number(station.workers));
    return "more work arrives than can be done (" + by + ")";
}

std::string reason_words(studies::Reason reason) {
    switch (reason) {
        case studies::Reason::none: return "";
        case studies::Reason::limit: return "past the limit";
        case studies::Reason::constraint: return "a constraint is broken";
        case studies::Reason::unstable: return "no steady state";
        case studies::Reason::critical: return "as much work arrives as can be done";
        case studies::Reason::precision: return "not precise enough";
        case studies::Reason::data: return "not enough data";
        case studies::Reason::warm_up: return "too short: the warm-up does not end";
        case studies::Reason::not_credible: return "not credible";
        case studies::Reason::no_objectives: return "no objectives";
    }
    return "";
}

}  // namespace understudy::reports
