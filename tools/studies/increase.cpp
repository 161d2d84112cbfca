#include "tools/studies/increase.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "kernel/few_differ.h"
#include "kernel/relative_difference.h"
#include "kernel/special_functions.h"
#include "tools/studies/judge.h"
#include "tools/studies/more_replications.h"
#include "tools/studies/observations.h"
#include "tools/studies/pair_difference.h"
#include "tools/studies/rare_counts.h"

namespace understudy::studies {

namespace {

/// By replication, or antithetic pair, what the candidate has more, and the least that one with any difference has.
struct OneByOne {
    std::vector<double> differences;
    double least = 0;
};

std::vector<double> averaged(const std::vector<double>& values, std::int64_t together) {
    if (together < 2) return values;
    std::vector<double> result;
    const auto size = static_cast<std::size_t>(together);
    for (std::size_t i = 0; i + size <= values.size(); i += size) {
        double sum = 0;
        for (std::size_t j = i; j < i + size; ++j) sum += values[j];
        result.push_back(sum / static_cast<double>(size));
    }
    return result;
}

OneByOne one_by_one(const models::Measure& measure, const MetricResult& baseline,
                    const MetricResult& candidate, const PairOfRuns& runs) {
    OneByOne result;
    if (!baseline.tallies.empty() && baseline.tallies.size() == candidate.tallies.size()) {
        // Shares of what is counted: replications of unequal size, so that it is counts that are alike.
        double trials = 0;
        for (const MetricResult* metric : {&baseline, &candidate})
            for (const kernel::Tally& tally : metric->tallies) trials += static_cast<double>(tally.trials);
        trials /= 2 * static_cast<double>(baseline.tallies.size());
        if (!(trials > 0)) return result;
        result.least = 1 / trials;
        for (std::size_t i = 0; i < baseline.tallies.size(); ++i)
            result.differences.push_back((static_cast<double>(candidate.tallies[i].count) -
                                          static_cast<double>(baseline.tallies[i].count)) /
                                         trials);
    } else {
        const auto [a, b] = in_pairs(baseline.by_replication, candidate.by_replication);
        for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
            result.differences.push_back(b[i] - a[i]);
        result.least = one_event_of(measure, runs.span_s);
    }
    result.differences = averaged(result.differences, runs.together);
    return result;
}

struct Limits {
    double low = 0, high = 0;
};

/// All that divisors between these limits, which are above 0, make of a numerator between those.
Limits divided(const Limits& by, const Limits& what) {
    return {std::min(what.low / by.low, what.low / by.high),
            std::max(what.high / by.low, what.high / by.high)};
}

/// What is known of a relative difference: limits of mean(candidate - (1 + margin) baseline), whose signs decide where
/// the ratio itself has none.
struct Relative {
    std::optional<double> centre;
    std::optional<Limits> ratio;
    Limits against_margin;
};

Relative relative_difference(const MetricResult& baseline, const MetricResult& candidate, double margin,
                             bool paired, const OneByOne& one, double level) {
    auto [a, b] = in_pairs(values_of(baseline), values_of(candidate));
    const std::size_t pairs = std::min(a.size(), b.size());
    Relative result;
    const auto found = paired ? kernel::paired_relative_difference(a, b, level)
                              : kernel::independent_relative_difference(a, b, level);
    if (found) result.centre = found->centre;
    if (found && found->low) result.ratio = Limits{*found->low, *found->high};
    if (paired) {
        std::vector<double> excess;
        for (std::size_t i = 0; i < pairs; ++i) excess.push_back(b[i] - (1 + margin) * a[i]);
        if (const auto interval = kernel::student_interval(excess, level))
            result.against_margin = {interval->low, interval->high};
    } else {
        for (double& value : a) value *= 1 + margin;
        if (const auto difference = kernel::independent_difference(a, b, level))
            result.against_margin = {difference->estimate.low, difference->estimate.high};
    }
    // Where few differ: both, the difference and what it is divided by, may be anything that their intervals hold.
    const double each = kernel::each_of(level, 2);
    const auto few = kernel::few_differ_interval(one.differences, one.least, each);
    const auto divisor = kernel::mean_interval(with_data(values_of(baseline)), each);
    if (!few || !divisor || few->low == few->high) return result;
    const Limits by{divisor->low, divisor->high};
    const double most = std::max(margin * by.low, margin * by.high);
    const double least = std::min(margin * by.low, margin * by.high);
    result.against_margin.low = std::min(result.against_margin.low, few->low - most);
    result.against_margin.high = std::max(result.against_margin.high, few->high - least);
    if (result.ratio && by.low > 0) {
        const Limits wide = divided(by, {few->low, few->high});
        result.ratio = Limits{std::min(result.ratio->low, wide.low), std::max(result.ratio->high, wide.high)};
    } else {
        result.ratio.reset();
    }
    return result;
}

/// The largest of all values, by size.
double largest(const MetricResult& baseline, const MetricResult& candidate) {
    double result = 0;
    for (const MetricResult* metric : {&baseline, &candidate})
        for (const double value : values_of(*metric))
            if (std::isfinite(value)) result = std::max(result, std::fabs(value));
    return result;
}

/// As far as rounding goes in a difference of values of that size.
double rounding_of(double size) { return 4 * std::numeric_limits<double>::epsilon() * size; }

/// Why a steady state of the two cannot be compared.
std::string why_not(const MetricResult& baseline, const MetricResult& candidate) {
    if (baseline.doubted == Reason::none) return "the candidate: " + candidate.doubt;
    if (candidate.doubted == Reason::none) return "the baseline: " + baseline.doubt;
    return baseline.doubt == candidate.doubt
               ? "both: " + baseline.doubt
               : "the baseline: " + baseline.doubt + "; the candidate: " + candidate.doubt;
}

/// Of two reasons the one that stands in the way of more.
Reason graver(Reason a, Reason b) {
    for (const Reason reason : {Reason::unstable, Reason::critical, Reason::warm_up, Reason::data})
        if (a == reason || b == reason) return reason;
    return Reason::none;
}

}  // namespace

bool same_values(const MetricResult& a, const MetricResult& b) {
    return a.estimate.value == b.estimate.value &&
           std::equal(a.by_replication.begin(), a.by_replication.end(), b.by_replication.begin(),
                      b.by_replication.end(),
                      [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

double smallest_effect(const Estimate& estimate, double limit) {
    const double half = room_of(estimate, limit).half_width;
    const double freedom = std::max<double>(1, static_cast<double>(estimate.replications) - 1);
    const double wide = kernel::student_quantile(0.5 + 0.5 * estimate.level, freedom);
    return half * (1 + kernel::student_quantile(settled_in, freedom) / wide);
}

IncreaseResult judge_increase(const models::Increase& increase, const MetricResult& baseline,
                              const MetricResult& candidate, const PairOfRuns& runs) {
    IncreaseResult result;
    result.estimate.level = runs.level;
    const Reason doubted = graver(baseline.doubted, candidate.doubted);
    const auto inconclusive = [&](Reason reason, std::string why, bool more = false) {
        result.reason = reason;
        result.explanation = std::move(why);
        result.more_would_help = more;
        return result;
    };
    if (!baseline.estimate.value || !candidate.estimate.value)
        return inconclusive(Reason::data,
                            std::string("nothing was observed in ") +
                                (!baseline.estimate.value && !candidate.estimate.value ? "either"
                                 : baseline.estimate.value                             ? "the candidate"
                                                                                       : "the baseline"));
    const auto decide = [&](const Limits& limits, double limit, double rounding) {
        const auto is_kept = [&](double value) {
            return holds(increase.comparison, std::fabs(value - limit) <= rounding ? limit : value, limit);
        };
        const bool low = is_kept(limits.low), high = is_kept(limits.high);
        return low == high ? std::optional(low ? Verdict::met : Verdict::violated) : std::nullopt;
    };
    const std::int64_t replications = std::ssize(baseline.by_replication);
    const double size = largest(baseline, candidate);
    const bool is_event = models::kind_of(increase.measure.metric) == models::MetricKind::event;
    const bool same = (runs.paired && same_values(baseline, candidate)) || size == 0;
    const auto differ_by_nothing = [&] {
        result.estimate = {0, 0, 0, runs.level, replications};
        result.paired = runs.paired;
        result.smallest_effect = 0;
        result.verdict = *decide({0, 0}, increase.margin, 0);
        if (result.verdict == Verdict::violated) result.reason = Reason::limit;
        return result;
    };
    // Whatever stands in the way of knowing each of the two: they are one and the same.
    if (same && (runs.alike || runs.never) && doubted != Reason::unstable && doubted != Reason::critical)
        return differ_by_nothing();
    if (!is_comparable(baseline) || !is_comparable(candidate)) {
        if (doubted != Reason::none) return inconclusive(doubted, why_not(baseline, candidate));
        // What is no count and is equal in all pairs was not reached by the change.
        if (same && !is_event) return differ_by_nothing();
        return inconclusive(Reason::data,
                            baseline.quantile > 0 ? "too few observations lie beyond the quantile"
                                                  : "too few replications have data",
                            true);
    }

    if (same && !is_event && doubted == Reason::none) return differ_by_nothing();

    const PairDifference found = difference_of(baseline, candidate, runs.paired, runs.level);
    if (!found.difference) return inconclusive(Reason::data, "too few replications have data in both", true);
    result.paired = found.paired;
    if (found.paired && std::isfinite(found.difference->variance_ratio))
        result.variance_ratio = found.difference->variance_ratio;
    const OneByOne one = one_by_one(increase.measure, baseline, candidate, runs);
    const kernel::Estimate& difference = found.difference->estimate;
    result.estimate.replications = static_cast<std::int64_t>(difference.count);
    std::optional<Verdict> decided;
    bool few_differ = false;
    if (increase.relative) {
        const Relative relative =
            relative_difference(baseline, candidate, increase.margin, found.paired, one, runs.level);
        result.estimate.value = relative.centre;
        if (relative.ratio) {
            result.estimate.low = relative.ratio->low;
            result.estimate.high = relative.ratio->high;
            decided = decide(*relative.ratio, increase.margin,
                             rounding_of(std::max(1.0, std::fabs(1 + increase.margin))));
        } else if (size > 0) {
            decided = decide(relative.against_margin, 0,
                             rounding_of(size * std::max(1.0, std::fabs(1 + increase.margin))));
        }
    } else {
        Limits limits{difference.low, difference.high};
        if (const auto few = kernel::few_differ_interval(one.differences, one.least, runs.level)) {
            few_differ = few->low < limits.low || few->high > limits.high;
            limits = {std::min(limits.low, few->low), std::max(limits.high, few->high)};
        }
        result.estimate.value = difference.centre;
        result.estimate.low = limits.low;
        result.estimate.high = limits.high;
        decided = decide(limits, increase.margin, rounding_of(size));
    }
    if (doubted != Reason::none) {
        // What grows without end grows past any margin.
        const bool alone = doubted == Reason::unstable && baseline.doubted == Reason::none;
        if (alone && decided == Verdict::violated) result.verdict = Verdict::violated;
        result.reason = doubted;
        result.explanation = why_not(baseline, candidate);
        return result;
    }
    if (result.estimate.low) result.smallest_effect = smallest_effect(result.estimate, increase.margin);
    if (decided) {
        result.verdict = *decided;
        if (*decided == Verdict::violated) result.reason = Reason::limit;
        return result;
    }
    result.reason = result.estimate.low ? Reason::precision : Reason::data;
    result.more_would_help = true;
    if (!result.estimate.low) {
        result.explanation =
            "the baseline cannot be told from 0, of which no percentage is known; " +
            std::string(baseline.unit == "fraction" ? "promise the share itself, without 'increase'"
                                                    : "give the limit its unit instead of '%'");
        return result;
    }
    const double to_replications =
        static_cast<double>(replications) /
        static_cast<double>(std::max<std::int64_t>(1, result.estimate.replications));
    const Narrows narrows = few_differ ? Narrows::as_normal : Narrows::as_student;
    const std::int64_t more = replications_to_settle(result.estimate, increase.margin, narrows);
    const double needed = std::ceil(static_cast<double>(more) * to_replications);
    if (lies_at(result.estimate, increase.margin, narrows)) {
        result.explanation = lies_at_limit;
    } else if (needed <= static_cast<double>(most_that_help)) {
        result.more_replications = static_cast<std::int64_t>(needed);
        result.explanation = more_replications(result.more_replications) + " of each would settle it";
    } else {
        result.explanation = none_would_settle;
    }
    if (few_differ) {
        const bool none = std::all_of(one.differences.begin(), one.differences.end(),
                                      [](double difference) { return difference == 0; });
        result.explanation += none ? "; no pair differs, and no more is told than so many allow"
                                   : "; few pairs differ, and no more is told than their number allows";
    }
    return result;
}

}  // namespace understudy::studies
