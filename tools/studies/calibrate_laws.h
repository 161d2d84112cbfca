// Durations and failures of a twin's elements from logs with instants: the parts of calibrate.h for repeats of a pipeline,
// and for kinds of tasks.
//
// Repeats: a task's duration is the mean over the repeats. Its variation cannot be told from two or three values, so the
// squared deviations, relative to the task's mean, are pooled over all tasks of a process, and a process with few of them
// borrows from all (as if four of its deviations had been those of the average process). Where names are other work in each run (numbers in
// the order of creation), the tasks of a process are matched by the rank of their duration instead. Kinds: the family by
// choose_family() from 10 values on, lognormal from 3, else the mean. Where all sizes are known, the duration may go by them:
// `LAW per GB`, `60s + LAW per GB` and `LAW + 240s per GB` are held against the law alone (AIC), the constant by least
// squares where it is there at 1 percent; one whose mean duration is not that of the log (at 1 percent) is none. Internal
// to tools/studies; deterministic.
#pragma once

#include <vector>

#include "tools/studies/calibrate_parts.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

/// Which of the logs are repeats of a pipeline of the twin.
std::vector<bool> repeats_of(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs);

/// `chosen` by run: those that are repeats.
void calibrate_repeats(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs,
                       const std::vector<bool>& chosen, const CalibrationOptions& options, Calibration& into);

/// `runs`: those that are none.
void calibrate_kinds(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                     const CalibrationOptions& options, Calibration& into);

}  // namespace understudy::studies
