// From what each replication has seen to an estimate with its interval, and from that to a verdict.
//
// Averages over items, shares, spreads and quantiles are of all that was seen in all replications (kernel/pooled.h);
// everything else is the mean of one value a replication.
//
// A limit is met or violated when the whole interval lies on one side of it; otherwise the verdict is
// inconclusive and says what would settle it. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/intervals.h"
#include "kernel/pooled.h"
#include "models/measure.h"
#include "tools/studies/rare_services.h"
#include "tools/studies/result.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

/// Intervals respect what a metric can be: a share or a utilisation stays in 0..1, everything else that is measured is
/// not negative. That of a share is never narrower than its counts allow. Of one replication averages have an interval
/// where its course was kept (one_run.h) and is long enough, nothing else has. None where too few observations lie beyond
/// a quantile.
Estimate estimate(const models::Measure& measure, const Seen& seen, double confidence);

/// One value a section of the run (kernel/pooled.h), whose mean is the estimate and whose spread is its error, so that
/// two runs can be compared; NaN where a section has no data. Empty for what has one value a replication, and where
/// there is no such interval.
std::vector<double> by_section(const models::Measure& measure, const Seen& seen, double confidence);

/// How many times as many independent replications would give an interval as narrow, of a mean whose variance was
/// reduced; nothing of other measures. Taken from the mean of one value a replication.
std::optional<double> times_as_sure(const models::Measure& measure, const Seen& seen, double confidence);

/// What a measure can be: a share 0 to 1, anything else not negative.
kernel::Range range_of(const models::Measure& measure);

/// What stands in the way of judging a steady state.
struct Doubts {
    bool unstable = false, critical = false;  ///< offered load against capacity
    bool growing = false;                     ///< what waits grew over the run, whatever was expected
    bool warm_up = false;                     ///< no steady state was reached within the run
    std::string broken_off;                   ///< why the run could not go on to its end; empty: it did
    std::string no_variance;                  ///< why no interval of it holds (heavy_tails.h); empty: they do
    std::optional<Unseen> unseen;             ///< what it hangs on and was hardly seen (rare_services.h)
};

/// Why the interval of a measure is not to be believed; empty: nothing is known against it.
std::string doubt(const models::Measure& measure, const Doubts& doubts);
/// The same as a reason; none where nothing is known against it.
Reason reason_of_doubt(const models::Measure& measure, const Doubts& doubts);

ObjectiveResult judge(const models::Objective& objective, const Seen& seen, double confidence,
                      const Doubts& doubts);

/// Measures of a fixed instant, window or item say what they say whether or not a steady state exists.
bool about_steady_state(const models::Measure& measure);

/// Is that value on the right side of the limit?
bool holds(models::Comparison comparison, double value, double limit);

/// Violated if any is, else inconclusive if any is, else met; the reason is that of the first such objective. Where
/// nothing is promised the verdict is met, and the reason says that there are no objectives.
void conclude(RunResult& result);

}  // namespace understudy::studies
