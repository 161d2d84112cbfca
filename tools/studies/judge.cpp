#include "tools/studies/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/batch_means.h"
#include "kernel/exact_math.h"
#include "kernel/few_differ.h"
#include "kernel/intervals.h"
#include "tools/studies/dependence.h"
#include "tools/studies/more_replications.h"
#include "tools/studies/observations.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

namespace {

bool is_spread(const models::Measure& measure) {
    return measure.aggregate == models::Aggregate::variance ||
           measure.aggregate == models::Aggregate::deviation;
}

constexpr const char* overloaded = "more work arrives than can be done";
constexpr const char* grew = "what waits grew over the run";

/// Why there is no steady state, for an objective about one; empty: nothing is known against it.
std::string no_steady_state(const Doubts& doubts) {
    if (!doubts.broken_off.empty()) return doubts.broken_off;
    if (doubts.unstable) return overloaded;
    return doubts.growing ? grew : "";
}

/// Of what there is at an instant, or in one window: without a value only where it lies behind the end.
bool is_of_one_time(const models::Measure& measure) {
    const models::MetricKind kind = models::kind_of(measure.metric);
    return measure.aggregate == models::Aggregate::at ||
           (measure.during && !measure.during->each &&
            (kind == models::MetricKind::level || kind == models::MetricKind::state));
}

bool is_mean(const models::Measure& measure) {
    return measure.aggregate != models::Aggregate::quantile && !is_spread(measure);
}

/// Of a run of one replication, from its course.
std::optional<kernel::Estimate> interval_of_parts(const Seen& seen, double confidence, kernel::Range range) {
    constexpr double fewest_items = 100;
    if (!seen.sections.empty() && seen.sections.all().front().weight < fewest_items) return std::nullopt;
    auto found = kernel::batch_means_interval(seen.parts, confidence, range);
    const kernel::Tally& counted = seen.counted;
    if (found && counted.trials > 0 && counted.count <= counted.trials) {
        // As of several replications: where nothing, or everything, was counted, there is no width otherwise.
        const auto of_counts = kernel::share_interval(counted.count, counted.trials, confidence);
        found->low = std::min(found->low, of_counts->low);
        found->high = std::max(found->high, of_counts->high);
    }
    // Of what was never seen in one run nobody knows how rare it is.
    if (found && found->low == 0 && found->high == 0) return std::nullopt;
    return found;
}

std::string why_one_gives_none(const models::Measure& measure, const Seen& seen) {
    if (seen.together > 1) return "one pair gives no interval; run at least two";
    if (!seen.parts.empty())
        return "the run is too short for batch means; make it longer, or run more replications";
    if (measure.aggregate == models::Aggregate::quantile)
        return "one replication gives no interval of a quantile; run more of them";
    if (is_spread(measure)) return "one replication gives no interval of a spread; run more of them";
    return "one replication gives no interval; run at least two";
}

/// Why there is no interval, and how many more replications would give one, where that is known.
void explain_no_interval(const models::Measure& measure, const Seen& seen, double confidence,
                         ObjectiveResult& result) {
    const auto made = static_cast<std::int64_t>(seen.by_replication.size());
    if (seen.with_data <= seen.together && made > seen.together) {
        result.explanation = std::to_string(seen.with_data) + " of " + std::to_string(made) +
                             " replications saw any of it, too few for an interval; make the run longer, or "
                             "run more replications";
        result.more_replications = whole_together(made, seen.together);
    } else if (seen.with_data <= seen.together) {
        result.explanation = why_one_gives_none(measure, seen);
        // How many a quantile takes is known from two on.
        if (measure.aggregate != models::Aggregate::quantile) result.more_replications = seen.together;
    } else if (measure.aggregate != models::Aggregate::quantile) {
        result.explanation = "one replication alone varies; more of them would give an interval";
    } else {
        result.explanation = "too few observations lie beyond the quantile for an interval";
        const double times =
            std::max(kernel::times_for_quantile(seen.sections.all(), measure.quantile, confidence),
                     times_for_tail(measure, seen));
        const double more = std::ceil(static_cast<double>(seen.with_data) * (times - 1));
        if (!(more < 1e15)) return;
        result.more_replications =
            whole_together(static_cast<std::int64_t>(std::max(1.0, more)), seen.together);
        result.explanation += "; " + more_replications(result.more_replications) + " would give one";
    }
}

/// What has happened can happen: a mean of counts is no less than how often there was one (Clopper and Pearson 1934) times
/// what one event adds, whatever the spread says; 0 where there was none.
double least_of_seen(const std::vector<double>& counts, double one_event, double confidence) {
    const auto seen = static_cast<std::uint64_t>(
        std::count_if(counts.begin(), counts.end(), [](double count) { return count > 0; }));
    const auto often = kernel::share_interval(seen, counts.size(), confidence);
    return seen > 0 && often ? often->low * one_event : 0;
}

Narrows how_it_narrows(const kernel::Tally& counted) {
    if (counted.trials == 0) return Narrows::as_student;
    return counted.count == 0 || counted.count == counted.trials ? Narrows::as_counts : Narrows::as_normal;
}

}  // namespace

kernel::Range range_of(const models::Measure& measure) {
    using models::Metric;
    kernel::Range range;
    range.low = 0;
    const bool fraction = measure.aggregate == models::Aggregate::share ||
                          measure.metric == Metric::utilisation ||
                          models::kind_of(measure.metric) == models::MetricKind::state;
    if (fraction && !is_spread(measure)) range.high = 1;
    return range;
}

bool about_steady_state(const models::Measure& measure) {
    return measure.aggregate != models::Aggregate::at && !measure.items &&
           !(measure.during && !measure.during->each) && measure.aggregate != models::Aggregate::total &&
           measure.metric != models::Metric::landed;
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

Estimate estimate(const models::Measure& measure, const Seen& seen, double confidence) {
    using models::Aggregate;
    Estimate result;
    result.level = confidence;
    result.replications = seen.with_data;
    const kernel::Range range = range_of(measure);
    const auto take = [&](const std::optional<kernel::Estimate>& interval) {
        if (!interval) return;
        result.value = interval->centre;
        result.low = interval->low;
        result.high = interval->high;
    };
    if (seen.sections.empty()) {
        const Observations known = observations(seen);
        if (!known.values.empty()) result.value = known.values.front();
        take(known.interval(confidence, range));
        if (seen.least > 0 && result.low)
            if (const auto rare = kernel::few_differ_interval(known.values, seen.least, confidence)) {
                result.low = std::min(*result.low, std::max(rare->low, range.low));
                result.high = std::max(*result.high, std::min(rare->high, range.high));
                result.low = std::max(*result.low, least_of_seen(known.values, seen.least, confidence));
            }
    } else if (measure.aggregate == Aggregate::quantile) {
        result.value = kernel::pooled_quantile(seen.sections.all(), measure.quantile);
        if (times_for_tail(measure, seen) <= 1)
            take(kernel::quantile_interval(seen.sections.all(), measure.quantile, confidence, range));
    } else if (is_spread(measure)) {
        result.value = kernel::pooled_variance(seen.sections.all());
        take(kernel::variance_interval(seen.sections.all(), confidence));
        if (measure.aggregate == Aggregate::deviation)
            for (auto* number : {&result.value, &result.low, &result.high})
                if (*number) *number = std::sqrt(**number);
    } else {
        const std::vector<double> values = kernel::mean_values(seen.sections.all());
        if (!values.empty()) result.value = values.front();
        if (seen.controls.empty() || seen.counted.trials > 0)
            take(kernel::pooled_share_interval(values, seen.counted, confidence, range));
        else
            take(observations(seen).interval(confidence, range));
        // Where hardly any replication has seen what there is to see, as who hardly ever waits, how often counts.
        if (const auto few = kernel::few_differ_interval(values, seen.least, confidence); few && result.low) {
            result.low = std::min(*result.low, std::max(few->low, range.low));
            result.high = std::max(*result.high, std::min(few->high, range.high));
        }
    }
    if (result.value && !seen.parts.empty())
        if (const auto interval = interval_of_parts(seen, confidence, range)) {
            result.low = std::min(*result.value, interval->low);
            result.high = std::max(*result.value, interval->high);
        }
    return result;
}

std::string doubt(const models::Measure& measure, const Doubts& doubts) {
    const bool steady = about_steady_state(measure);
    if (const std::string why = steady ? no_steady_state(doubts) : doubts.broken_off; !why.empty())
        return why;
    if (steady && doubts.critical) return "as much work arrives as can be done";
    if (!doubts.no_variance.empty()) return doubts.no_variance;
    if (steady && doubts.warm_up) return "the run is too short";
    return steady && doubts.unseen ? doubts.unseen->why : "";
}

Reason reason_of_doubt(const models::Measure& measure, const Doubts& doubts) {
    const bool steady = about_steady_state(measure);
    if (!(steady ? no_steady_state(doubts) : doubts.broken_off).empty()) return Reason::unstable;
    if (steady && doubts.critical) return Reason::critical;
    if (!doubts.no_variance.empty()) return Reason::data;
    if (steady && doubts.warm_up) return Reason::warm_up;
    return steady && doubts.unseen ? Reason::data : Reason::none;
}

std::vector<double> by_section(const models::Measure& measure, const Seen& seen, double confidence) {
    const std::vector<kernel::Observed>& sections = seen.sections.all();
    if (seen.with_data < 2) return {};
    const bool corrected = !seen.controls.empty() && seen.counted.trials == 0 && is_mean(measure);
    if (corrected || (sections.empty() && seen.together > 1)) return observations(seen).by_section();
    if (sections.empty()) return {};
    std::vector<double> values;
    if (measure.aggregate == models::Aggregate::quantile) {
        if (times_for_tail(measure, seen) > 1) return {};
        values = kernel::quantile_values(sections, measure.quantile, confidence);
    } else if (is_spread(measure)) {
        // The jackknife's values are of the logarithm: made linear about the estimate.
        const auto variance = kernel::pooled_variance(sections);
        if (!variance || !(*variance > 0)) return {};
        values = kernel::log_variance_values(sections);
        const bool root = measure.aggregate == models::Aggregate::deviation;
        const double centre = root ? std::sqrt(*variance) : *variance;
        const double whole = kernel::exact::log(*variance);
        for (double& value : values) value = centre * (1 + (root ? 0.5 : 1.0) * (value - whole));
    } else {
        values = kernel::mean_values(sections);
    }
    if (values.empty()) return {};
    return kernel::spread_out(values, sections);
}

std::optional<double> times_as_sure(const models::Measure& measure, const Seen& seen, double confidence) {
    if (!is_mean(measure) || seen.counted.trials > 0) return std::nullopt;
    const Estimate found = estimate(measure, seen, confidence);
    const auto each = kernel::mean_interval(with_data(seen.by_replication), confidence);
    if (!found.low || !each || !(*found.high > *found.low)) return std::nullopt;
    const double ratio = each->half_width() / (0.5 * (*found.high - *found.low));
    return ratio * ratio;
}

ObjectiveResult judge(const models::Objective& objective, const Seen& seen, double confidence,
                      const Doubts& doubts) {
    ObjectiveResult result;
    result.text = objective.text;
    result.unit = models::unit_of(objective.measure.aggregate, objective.measure.metric);
    result.limit = objective.limit;
    result.comparison = objective.comparison;
    result.by_replication = seen.by_replication;
    result.estimate = estimate(objective.measure, seen, confidence);
    if (!result.estimate.value) {
        result.reason = Reason::data;
        result.explanation = "nothing was observed that it could be measured on";
        return result;
    }
    const auto made = static_cast<std::int64_t>(seen.by_replication.size());
    if (is_of_one_time(objective.measure) && seen.with_data < made && doubts.broken_off.empty()) {
        // Those that went on are no sample of all: a stop looks at what is measured, or at what comes with it.
        const bool at = objective.measure.aggregate == models::Aggregate::at;
        result.reason = Reason::data;
        result.explanation = std::to_string(made - seen.with_data) + " of " + std::to_string(made) +
                             " replications had ended before that " + (at ? "instant" : "window") +
                             ", and how it is in the others says nothing of them; promise an earlier one" +
                             (at ? ", or 'at end'" : "");
        return result;
    }
    const bool steady = about_steady_state(objective.measure);
    const std::string unstable = steady ? no_steady_state(doubts) : doubts.broken_off;
    // What more replications would not settle.
    const auto is_doubted = [&] {
        if (steady && doubts.critical) {
            result.reason = Reason::critical;
            result.explanation = "there is no steady state to judge";
        } else if (!doubts.no_variance.empty()) {
            // Before a run that is too short: what has no variance is no surer in a longer one.
            result.reason = Reason::data;
            result.explanation = doubts.no_variance +
                                 ", so that no interval holds it as often as it says; give the law a max, or "
                                 "promise a quantile";
        } else if (steady && doubts.warm_up) {
            result.reason = Reason::warm_up;
            result.explanation = "make the run longer";
        } else if (steady && doubts.unseen) {
            result.reason = Reason::data;
            result.explanation = doubts.unseen->why;
            const double more =
                std::ceil(static_cast<double>(seen.by_replication.size()) * (doubts.unseen->times - 1));
            if (more < 1e9) {
                result.more_replications =
                    whole_together(static_cast<std::int64_t>(std::max(1.0, more)), seen.together);
                result.explanation +=
                    "; " + more_replications(result.more_replications) + " would see enough";
            }
        }
        return result.reason != Reason::none;
    };
    if (!result.estimate.low) {
        // What grows without end differs so much between replications that its quantiles have no interval.
        if (seen.with_data > 1 && !unstable.empty()) {
            result.reason = Reason::unstable;
            result.explanation = unstable;
        } else if (!is_doubted()) {
            result.reason = Reason::data;
            explain_no_interval(objective.measure, seen, confidence, result);
        }
        return result;
    }
    // An interval that the run is too short for, or that nothing settles, says no more of what is broken than of what holds.
    if (unstable.empty() && is_doubted()) return result;
    const bool low = holds(objective.comparison, *result.estimate.low, objective.limit);
    // That nothing is lost at all no number of replications proves: `<= 0` is about those that were run.
    const bool is_of_this_run = objective.limit == 0 && result.estimate.value == 0.0 &&
                                models::kind_of(objective.measure.metric) == models::MetricKind::event &&
                                (objective.measure.aggregate == models::Aggregate::total ||
                                 objective.measure.aggregate == models::Aggregate::rate);
    const bool high = is_of_this_run ? holds(objective.comparison, 0, 0)
                                     : holds(objective.comparison, *result.estimate.high, objective.limit);
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
    if (low && high) {
        result.verdict = Verdict::met;
        return result;
    }
    result.reason = Reason::precision;
    Estimate independent = result.estimate;
    independent.replications = whole_together(independent.replications, seen.together) / seen.together;
    const std::int64_t more =
        seen.together * replications_to_settle(independent, objective.limit, how_it_narrows(seen.counted));
    if (more <= most_that_help) {
        result.more_replications = more;
        result.explanation = more_replications(more) + " would settle it";
    } else {
        result.explanation = *result.estimate.value == objective.limit ? lies_at_limit : none_would_settle;
    }
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
