#include "tools/studies/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/intervals.h"

namespace understudy::studies {

namespace {

kernel::Range range_of(const models::Measure& measure) {
    using models::Metric;
    kernel::Range range;
    range.low = 0;
    const bool fraction = measure.aggregate == models::Aggregate::share ||
                          measure.metric == Metric::utilisation ||
                          models::kind_of(measure.metric) == models::MetricKind::state;
    const bool moment =
        measure.aggregate == models::Aggregate::variance || measure.aggregate == models::Aggregate::deviation;
    if (fraction && !moment) range.high = 1;
    return range;
}

std::vector<double> with_data(const std::vector<double>& values) {
    std::vector<double> known;
    for (const double value : values)
        if (std::isfinite(value)) known.push_back(value);
    return known;
}

bool holds(models::Comparison comparison, double value, double limit) {
    switch (comparison) {
        case models::Comparison::less: return value < limit;
        case models::Comparison::at_most: return value <= limit;
        case models::Comparison::greater: return value > limit;
        case models::Comparison::at_least: return value >= limit;
    }
    return false;
}

/// Measures of a fixed instant, window or item say what they say whether or not a steady state exists.
bool about_steady_state(const models::Measure& measure) {
    return measure.aggregate != models::Aggregate::at && !measure.items &&
           !(measure.during && !measure.during->each) && measure.aggregate != models::Aggregate::total &&
           measure.metric != models::Metric::landed;
}

constexpr const char* overloaded = "more work arrives than can be done";
constexpr const char* grew = "what waits grew over the run";

/// Why there is no steady state, for an objective about one; empty: nothing is known against it.
std::string no_steady_state(const Doubts& doubts) {
    if (!doubts.broken_off.empty()) return doubts.broken_off;
    if (doubts.unstable) return overloaded;
    return doubts.growing ? grew : "";
}

std::string how_many_more(const Estimate& estimate, double limit, bool at_the_edge) {
    const double n = static_cast<double>(estimate.replications);
    // The side on which the limit lies: of a share near 0 or 1 the interval is not symmetric.
    const double half_width =
        limit < *estimate.value ? *estimate.value - *estimate.low : *estimate.high - *estimate.value;
    const double distance = std::fabs(*estimate.value - limit);
    if (!(distance > 0) || half_width / distance > 1000)
        return "the estimate lies at the limit: more replications would hardly settle it";
    // The interval of a share of which nothing, or everything, was counted narrows with n, others with its root.
    const double ratio =
        at_the_edge ? half_width / distance : half_width * half_width / (distance * distance);
    const double needed = std::ceil(n * ratio * 1.05) + 1;
    const auto more = static_cast<long long>(std::max(1.0, needed - n));
    return "about " + std::to_string(more) + " more replication" + (more == 1 ? "" : "s") +
           " would settle it";
}

}  // namespace

Estimate estimate(const models::Measure& measure, const std::vector<double>& values, double confidence,
                  const kernel::Tally& pooled) {
    Estimate result;
    result.level = confidence;
    const std::vector<double> known = with_data(values);
    result.replications = std::ssize(known);
    if (known.empty()) return result;
    const auto interval = measure.aggregate == models::Aggregate::quantile
                              ? kernel::quantile_interval(known, confidence, std::nullopt, range_of(measure))
                              : kernel::pooled_share_interval(known, pooled, confidence, range_of(measure));
    if (interval) {
        result.value = interval->centre;
        result.low = interval->low;
        result.high = interval->high;
    } else {
        result.value = known.front();
    }
    return result;
}

ObjectiveResult judge(const models::Objective& objective, const std::vector<double>& values,
                      double confidence, const Doubts& doubts, const kernel::Tally& pooled) {
    ObjectiveResult result;
    result.text = objective.text;
    result.unit = models::unit_of(objective.measure.aggregate, objective.measure.metric);
    result.limit = objective.limit;
    result.comparison = objective.comparison;
    result.by_replication = values;
    result.estimate = estimate(objective.measure, values, confidence, pooled);
    if (!result.estimate.value) {
        result.reason = Reason::data;
        result.explanation = "nothing was observed that it could be measured on";
        return result;
    }
    if (!result.estimate.low) {
        result.reason = Reason::data;
        result.explanation = "one replication gives no interval; run at least two";
        return result;
    }
    const bool low = holds(objective.comparison, *result.estimate.low, objective.limit);
    const bool high = holds(objective.comparison, *result.estimate.high, objective.limit);
    const bool steady = about_steady_state(objective.measure);
    const std::string unstable = steady ? no_steady_state(doubts) : doubts.broken_off;
    if (!low && !high) {
        result.verdict = Verdict::violated;
        result.reason = unstable.empty() ? Reason::limit : Reason::unstable;
        result.explanation = unstable;
        return result;
    }
    if (!unstable.empty()) {
        result.reason = Reason::unstable;
        result.explanation = unstable + ": what holds in this run need not hold in a longer one";
        return result;
    }
    if (steady && doubts.critical) {
        result.reason = Reason::critical;
        result.explanation = "there is no steady state to judge";
        return result;
    }
    if (steady && doubts.warm_up) {
        result.reason = Reason::warm_up;
        result.explanation = "make the run longer, or state warm_up";
        return result;
    }
    if (low && high) {
        result.verdict = Verdict::met;
        return result;
    }
    result.reason = Reason::precision;
    const bool at_the_edge = pooled.trials > 0 && (pooled.count == 0 || pooled.count == pooled.trials);
    result.explanation = how_many_more(result.estimate, objective.limit, at_the_edge);
    return result;
}

void conclude(RunResult& result) {
    result.verdict = Verdict::met;
    result.reason = result.objectives.empty() ? Reason::no_objectives : Reason::none;
    for (const Verdict verdict : {Verdict::violated, Verdict::inconclusive})
        for (const ObjectiveResult& objective : result.objectives)
            if (objective.verdict == verdict) {
                result.verdict = verdict;
                result.reason = objective.reason;
                return;
            }
    if (!result.broken_off.empty()) {
        // Whatever is promised or not: what held until then says nothing about the rest.
        result.verdict = Verdict::inconclusive;
        result.reason = Reason::unstable;
        return;
    }
    if (result.interrupted || result.replications_done == 0) {
        result.verdict = Verdict::inconclusive;
        result.reason = Reason::data;
    }
}

}  // namespace understudy::studies
