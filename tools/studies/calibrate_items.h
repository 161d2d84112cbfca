// The fitted twin's stages against what a log has of their items: the self-replay of calibrate.h for twins without pipelines.
//
// What came, comes again at the instants of the log; what is compared is how long an attempt was there, from when it was
// handed over to its end, stage by stage. A log is a single course of chance, so the same arrivals are simulated 39 times:
// what was recorded is off only where it lies beyond all of them, which happens to a true twin in one of 20 logs.
// For this all that arrives has to be in the log, and when it was handed over.
// Internal to tools/studies; deterministic.
#pragma once

#include <vector>

#include "models/scenario.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

/// With the edits that `into` has.
void replay_items(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                  const CalibrationOptions& options, Calibration& into);

}  // namespace understudy::studies
