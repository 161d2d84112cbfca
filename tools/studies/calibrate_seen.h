// The attempts that logs tell of, each once: the part of calibrate.h that says what is looked at.
//
// A log that goes on from another, or is given twice, tells of tasks again: those with the same names, id, try and instants
// are taken once, where ids tell tasks apart and dates say when. A task that one log saw under way and another at its end has
// ended. Logs without dates are never held against each other, for each has a clock of its own. Internal to tools/studies;
// pure.
#pragma once

#include <vector>

#include "models/recorded_run.h"
#include "tools/studies/calibrate.h"

namespace understudy::studies {

struct SeenRun {
    const models::RecordedRun* run = nullptr;
    std::vector<const models::RecordedTask*> ended, open;
    kernel::Time end = 0;  ///< the last instant that the log knows
};

/// One for each of the runs; of those that are not `chosen` nothing is in it. The runs must outlive it. What is taken once
/// is noted.
std::vector<SeenRun> seen_once(const std::vector<models::RecordedRun>& runs, const std::vector<bool>& chosen,
                               Calibration& into);

}  // namespace understudy::studies
