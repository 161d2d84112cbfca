// From one value a replication to an estimate with its interval, and from that to a verdict.
//
// A limit is met or violated when the whole interval lies on one side of it; otherwise the verdict is
// inconclusive and says what would settle it. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "kernel/intervals.h"
#include "models/measure.h"
#include "tools/studies/result.h"

namespace understudy::studies {

/// `values`: one per replication, NaN where it had no data. Intervals respect what a metric can be: a share
/// or a utilisation stays in 0..1, everything else that is measured is not negative. `pooled`: what a share was
/// counted from, over all replications; its interval is never narrower than those counts allow.
Estimate estimate(const models::Measure& measure, const std::vector<double>& values, double confidence,
                  const kernel::Tally& pooled = {});

/// What stands in the way of judging a steady state.
struct Doubts {
    bool unstable = false, critical = false;  ///< offered load against capacity
    bool growing = false;                     ///< what waits grew over the run, whatever was expected
    bool warm_up = false;                     ///< no steady state was reached within the run
    std::string broken_off;                   ///< why the run could not go on to its end; empty: it did
};

ObjectiveResult judge(const models::Objective& objective, const std::vector<double>& values,
                      double confidence, const Doubts& doubts, const kernel::Tally& pooled = {});

/// Violated if any is, else inconclusive if any is, else met; the reason is that of the first such objective. Where
/// nothing is promised the verdict is met, and the reason says that there are no objectives.
void conclude(RunResult& result);

}  // namespace understudy::studies
