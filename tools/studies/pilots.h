// What a run finds out on replications that are then thrown away: its warm-up, and how many replications it takes.
//
// Internal to tools/studies. Pure but for the progress that it reports; the same for any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "kernel/time.h"
#include "tools/studies/run.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

/// What pilots are run with.
struct Pilots {
    const PreparedRun& prepared;
    const RunOptions& options;
    unsigned threads;
    const std::atomic<bool>& stop;
    RunProgress& progress;
};

/// The warm-up to cut, found on the mean number of items in the system over some replications.
struct WarmUpChoice {
    kernel::Time cut = 0;
    bool too_short = false;
    std::string reason;
    std::string interrupted;  ///< what had been done then; empty: it was not
};
/// As asked; where it is to be found, by MSER-5 on ten replications or fewer, none of which count.
WarmUpChoice choose_warm_up(const Pilots& pilots);

struct PrecisionPlan {
    std::int64_t replications = 0;
    std::string interrupted;  ///< what had been done then; empty: it was not
};
/// For run.precision (precision.h). Pilots have numbers of their own, so that what counts is fresh; there are more of
/// them while something has no interval, or many times as many will be needed. `nothing`: what a probe has before anything was seen.
PrecisionPlan plan_replications(const Pilots& pilots, kernel::Time warm_up, const Seen& nothing);

}  // namespace understudy::studies
