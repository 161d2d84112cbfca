// Whether a candidate has no more of something than its baseline, and a margin, allow. Internal to tools/studies.
//
// Absolute: the interval of the difference (pair_difference.h) against the margin. Relative: whether
// mean(candidate - (1 + margin) baseline) has a sign, with the interval that says the same (kernel/relative_difference.h).
// Where few pairs differ neither is narrower than their number alone allows (kernel/few_differ.h). Runs of one and the
// same model differ by exactly 0; that the same happened in runs of two may be chance, as of errors that none had.
// Differences of exactly 0 keep a margin of `<= 0`, and break one of `< 0`; what is the same in each pair, or cannot happen
// in either, has grown by 0 percent, be it of 0. What lies within 4 units in the last place of the larger of the values that
// were subtracted (4 x 2^-52 of it; of a relative one of 1 or the ratio) from the margin is taken to lie at it: 1.01 s - 1 s
// keeps `<= 10ms`.
//
// Without a steady state in one of the two there is nothing to compare; of a candidate that alone has none, what breaks
// the margin in this run breaks it in a longer one. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/acceptance.h"
#include "tools/studies/result.h"

namespace understudy::studies {

/// How the two runs go together.
struct PairOfRuns {
    bool paired = true;         ///< under the same random numbers
    bool alike = false;         ///< of the same model, and all that happened is the same
    bool never = false;         ///< what is counted cannot happen in either (rare_counts.h)
    double level = 0.95;        ///< of the interval
    double span_s = 0;          ///< that is measured in each replication; 0: not known
    std::int64_t together = 1;  ///< replications that are as one: 2 of antithetic pairs
};

struct IncreaseResult {
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string explanation;
    Estimate estimate;    ///< of the difference, in the measure's unit; of a relative one as a fraction
    bool paired = false;  ///< by pairs
    std::optional<double>
        variance_ratio;  ///< kernel::Difference; absent where it is not paired or not finite
    /// The difference is told from the margin in four of five cases where it lies so far from it. Absent without an
    /// interval, and where nobody should believe it.
    std::optional<double> smallest_effect;
    /// About so many more replications of each would settle it; 0: it is decided, more would not help, or nobody knows.
    std::int64_t more_replications = 0;
    bool more_would_help = false;
};

/// Of what was seen of the increase's measure in both.
IncreaseResult judge_increase(const models::Increase& increase, const MetricResult& baseline,
                              const MetricResult& candidate, const PairOfRuns& runs);

/// Whether each replication has the same value, to the last digit, or none in both.
bool same_values(const MetricResult& a, const MetricResult& b);

/// How far from `limit` a value had to lie for an interval like this one to tell in four of five cases.
double smallest_effect(const Estimate& estimate, double limit);

}  // namespace understudy::studies
