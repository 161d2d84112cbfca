// How long the steps of a recorded process took: the one measure for twins that are made of a log and for those that are
// fitted to it, so that both say the same of the same log.
//
// Steps of a case may go on at once. What is at one place at a time, as the case of an imported twin, does them one after the
// other, each for the time in which it was the last: its `advance`. The advances of a case, its waits and what stood still
// make up its cycle time. A case begins when its first step was handed over, where the log tells, else as that begins.
// Pure; thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "models/process_log.h"

namespace understudy::models {

struct StepTimes {
    kernel::Time since =
        0;  ///< when all steps that began before it in its case had ended; of the first the case's begin
    /// When it was handed over, where the log tells. What was handed over before its turn waits from `since` on.
    std::optional<kernel::Time> submitted;
    kernel::Time wait = 0;  ///< from `since` to its begin
    /// How long work on it went on, without what it was suspended; 0 where its start is not known, as are the next.
    kernel::Time worked = 0;
    kernel::Time advance = 0;    ///< of that, from `since` on
    kernel::Time suspended = 0;  ///< how long work on it stood still from `since` on
};

/// By step of the case, which is one of the log's.
std::vector<StepTimes> step_times(const ProcessLog& log, const ProcessCase& one);

/// When a step that began then and has not ended was handed over, as of those that have.
kernel::Time submission_in_turn(const ProcessCase& one, kernel::Time begin, kernel::Time submitted);

/// The advance of a step that began then and had not ended until then.
kernel::Time advance_so_far(const ProcessCase& one, kernel::Time begin, kernel::Time until);

}  // namespace understudy::models
