// What the twin has and no log tells of: the part of calibrate.h that says what stays as it was, and why. A task that no log
// has an attempt of, tries again where none failed, and loads whose items no log has. Internal to tools/studies; pure.
#pragma once

#include <vector>

#include "models/scenario.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

/// Adds to what is unidentified. Of logs that have no instants, or are repeats of the twin, their own parts tell.
void say_unseen(const models::Scenario& twin, const std::vector<SeenRun>& runs, Calibration& into);

}  // namespace understudy::studies
