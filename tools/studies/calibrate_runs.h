// The fitted twin against whole runs of a pipeline in logs that have many: the self-replay of calibrate.h for logs that are no
// repeats. A run is whole where each working task of the pipeline ended well in it. The pipeline is simulated by itself, once
// from its start, and the mean of its makespans held against the mean of those recorded. Internal to tools/studies;
// deterministic.
#pragma once

#include <vector>

#include "models/scenario.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

/// With the edits that `into` has.
void replay_whole_runs(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                       const CalibrationOptions& options, Calibration& into);

}  // namespace understudy::studies
