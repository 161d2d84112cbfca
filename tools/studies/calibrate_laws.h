// Durations and failures of a twin's elements from logs with instants: the parts of calibrate.h for repeats of a pipeline,
// and for kinds of tasks.
//
// Repeats: a task's duration is the mean over the repeats. Its variation cannot be told from two or three values, so the
// squared deviations, relative to the task's mean, are pooled over all tasks of a process, and a process with few of them
// borrows from all (as if four of its deviations had been those of the average process). Where names are other work in each run (numbers in
// the order of creation), the tasks of a process are matched by the rank of their duration instead, and where they tell
// nothing each has the mean of all (calibrate_told_apart.h). Kinds: the family by
// choose_family() from 10 values on, lognormal from 3, else the mean. Where all sizes are known, the duration may go by them:
// `LAW per GB`, `60s + LAW per GB` and `LAW + 240s per GB` are held against the law alone (AIC), the constant by least
// squares where it is there at 1 percent; one whose mean duration is not that of the log (at 1 percent) is none. Internal
// to tools/studies; deterministic.
#pragma once

#include <vector>

#include "tools/studies/calibrate_parts.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

/// How much of what the twin's pipelines do a log repeats.
enum class Repeats {
    nothing,  ///< it is no repeat
    a_part,   ///< a run that ended early: it has tasks of the twin, each once, and lacks others
    all,
};

/// By log. There are parts only where another log repeats all: a log that has a few tasks of the twin may be anything.
std::vector<Repeats> repeats_of(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs);

/// `what` by run. Parts count with the tasks that they have; how long they lasted is
/// compared with nothing, and lags are those of the others.
void calibrate_repeats(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs,
                       const std::vector<Repeats>& what, const CalibrationOptions& options,
                       Calibration& into);

/// `runs`: those that are none.
void calibrate_kinds(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                     const CalibrationOptions& options, Calibration& into);

}  // namespace understudy::studies
