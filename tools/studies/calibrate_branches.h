// Which way items go where a stage or a load has shares (`writes: {fix: 10%, out: 90%}`): the part of calibrate.h that takes
// them from what came next in the same run (the case of a process log).
//
// Each attempt that ended well is followed by the next of its run by start, or by none. Where just one way of the twin leads
// from one to the other, past stages that no log has an attempt of (pauses that import makes), each share on that way counts
// one. So late in the log that the longest pause before a next step would not have ended yet, nothing counts (but at least the
// first half of all). The shares are those of the counts, with limits of each as of a share. Where several ways lead to the
// same, as where no log has the stages that tell them apart, where logs have no runs, and where items are at several places
// at once, shares stay as they are and `unidentified` says why. Internal to tools/studies; pure.
#pragma once

#include <vector>

#include "models/scenario.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

void calibrate_branches(const models::Scenario& twin, const std::vector<SeenRun>& runs, Calibration& into);

}  // namespace understudy::studies
