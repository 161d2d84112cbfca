// What a disturbance does to a scenario, and how long it takes to be well again.
//
// Each replication is run with the disturbance and without it under the same random numbers, so that what differs is its
// doing. Objectives are looked at in windows that go along with the run (watched_run.h): of the length that the study says,
// else of a tenth of how long the disturbance lasts, else of a minute, or of a tenth of the rest of the run where that is
// less. There are twenty looks in the time of a window, and at most 100000 in all: nothing depends on how long the run goes
// on, unless there would be more. An objective is broken by the disturbance while it is broken with it and not without it;
// what is of single instants, windows and totals cannot be looked at. All is counted from the instant at which it happens:
// - detected: the first alert that is not raised without it, or the end of the first window in which it breaks an objective
// - peak: the most there is then of what `recovered` is about, else of what is present
// - kept again: from the disturbance's end, or from where it breaks the first objective if that comes later, until none of
//   those that it breaks is broken for a whole window; no time at all where it breaks none
// - drained: the same of `recovered`, which has to be so for a window; no time at all where it is not so only when it is
//   not without it either
// - lost, late, dead-lettered, and still there at the end: how many more, to the end of the run
// A disturbance is survived where in each replication all is kept again, and drained, before the end of the run, and no
// objective that cannot be looked at in windows is violated over the whole run.
// Internal to tools/studies but for the result. No I/O. Throws BadSetting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/cheapest.h"
#include "tools/studies/durations.h"
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
    Verdict survived = Verdict::inconclusive;
    std::string not_survived;        ///< for people: in what it is not, or why that is not known; else empty
    std::optional<double> window_s;  ///< none: nothing was looked at in windows
    Timing detected;
    std::vector<std::string> detected_by;  ///< "an alert", or promises, most often first
    std::string peak_of, peak_unit;        ///< "max waiting(fetch)"
    Estimate peak, peak_without;
    std::optional<Timing> kept_again;  ///< none: no objective was looked at in windows
    std::optional<Timing> drained;     ///< none: the study does not say when it is well
    Estimate lost, lost_more;          ///< items; the second: than without it
    Estimate late, late_more;
    Estimate dead_lettered_more;
    Estimate left, left_more;  ///< arrivals not yet done as the run ends
    /// Over the whole run, with it; what is overdue at its end counts.
    std::vector<Candidate::Promise> promises;
    std::string why;  ///< nothing is known because; empty: it is
};

/// Units of all disturbances.
std::int64_t units_of_recovery(const Study& study, const models::Scenario& base);

/// `objectives` and what they are called; `replications` pairs of each, or as many as there is room for. What of
/// `durations` each disturbance has shown is put behind what `seen` has.
std::vector<RecoveryResult> recovery(const Study& study, const ReadBase& read,
                                     const std::vector<models::Objective>& objectives, double confidence,
                                     kernel::Time warm_up, const MeasuredDurations& durations, UnitWork& work,
                                     std::vector<SeenDurations>& seen);

}  // namespace understudy::studies
