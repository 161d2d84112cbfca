// What a run finds out on replications that are then thrown away: its warm-up, and how many replications it takes.
//
// Internal to tools/studies. Pure but for the progress that it reports; the same for any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "kernel/time.h"
#include "tools/studies/dependence.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// What pilots are run with.
struct Pilots {
    const PreparedRun& prepared;
    const RunOptions& options;
    unsigned threads;
    const std::atomic<bool>& stop;
    RunProgress& progress;
    PilotFindings
        known;  ///< of an earlier run of the same, where there is one: what these found is not found again
};

/// The warm-up to cut, found on the mean number of items in the system over some replications.
struct WarmUpChoice {
    kernel::Time cut = 0;
    bool too_short = false;
    std::int64_t pilots = 0;  ///< that it was found on; 0: it was not looked for
    std::string reason;
    std::string interrupted;  ///< what had been done then; empty: it was not
};
/// As asked; where it is to be found, by MSER-5 on ten replications or fewer, none of which count.
WarmUpChoice choose_warm_up(const Pilots& pilots);

/// Replications without number say no more where the run is too short for what is to be precise, as its warm-up pilots
/// or those that count have shown.
bool aims_in_vain(const PreparedRun& prepared, const WarmUpChoice& warm_up,
                  std::span<const std::optional<Dependence>> dependence);

struct PrecisionPlan {
    std::int64_t replications = 0;
    std::string interrupted = {};  ///< what had been done then; empty: it was not
    std::string of = {};           ///< digest of the precision, and of whose it is
};
/// For run.precision (precision.h). Pilots have numbers of their own, so that what counts is fresh; there are more of
/// them while something has no interval, or many times as many will be needed.
PrecisionPlan plan_replications(const Pilots& pilots, const WarmUpChoice& warm_up);

}  // namespace understudy::studies
