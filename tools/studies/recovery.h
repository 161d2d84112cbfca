// What a disturbance does to a scenario, and how long it takes to be well again.
//
// Each replication is run with the disturbance and without it under the same random numbers, so that what differs is its
// doing. All is counted from the instant at which it happens:
// - detected: the first alert that is not raised without it, or the end of the first stretch of time in which a promise
//   is broken that is not broken without it. There are twenty stretches, equally long, up to the end of the run; promises
//   of single instants, windows and totals are not looked at.
// - peak: the most there is then of what `recovered` is about, else of what is present
// - drained: from the disturbance's end until `recovered` becomes true for good within the run; no time at all where it
//   stays true
// - lost, late and dead-lettered: how many more, to the end of the run
// Internal to tools/studies but for the result. No I/O. Throws BadSetting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/cheapest.h"
#include "tools/studies/result.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

struct RecoveryResult {
    /// An instant that not every replication comes to.
    struct Timing {
        std::int64_t seen = 0;  ///< replications that came to it
        Estimate seconds;       ///< of those
    };
    std::string name;
    double at_s = 0;
    std::optional<double> lasts_s;
    std::int64_t replications = 0;  ///< pairs
    Timing detected;
    std::vector<std::string> detected_by;  ///< "an alert", or promises, most often first
    std::string peak_of, peak_unit;        ///< "max waiting(fetch)"
    Estimate peak, peak_without;
    std::optional<Timing> drained;  ///< none: the study does not say when it is well
    Estimate lost, lost_more;       ///< items; the second: than without it
    Estimate late, late_more;
    Estimate dead_lettered_more;
    std::vector<Candidate::Promise> promises;  ///< over the whole run, with it
    std::string why;                           ///< nothing is known because; empty: it is
};

/// `objectives` and what they are called; `replications` pairs of each, or as many as there is room for.
std::vector<RecoveryResult> recovery(const Study& study, const ReadBase& read,
                                     const std::vector<models::Objective>& objectives, double confidence,
                                     kernel::Time warm_up, UnitWork& work);

}  // namespace understudy::studies
