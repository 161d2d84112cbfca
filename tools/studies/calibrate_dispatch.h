// How long it takes until what could start does: the part of calibrate.h that fits `delay`, `launch` and `release` to logs that
// are no repeats, pooled over all of them.
//
// A line is what waits for one pool (or for workers of its own). How many places it has is the twin's; who was there at an
// instant is the log's: submitted (else started) and not ended. Then there is
// - the hand-over: from the end of all that a task needed in its run to its submission, which is its `delay`;
// - the dispatch: from the submission of who found a place free to its start. It holds the worker meanwhile: `launch` of the
//   pool;
// - the turn-around: from the end that made room for who found none to its start. It holds what a launch does; what it takes
//   longer is `release` of the pool, what it takes less of the dispatch goes to `delay`.
// A log without submissions has the hand-over and the dispatch in one: `delay`, less the launch that turn-around shows. So
// has one whose tasks wait for room before they are submitted (Airflow's, which queues a task once its pool has a slot),
// which is seen in the hand-over taking longer where the pool was full. Nodes with cores start tasks side by side, so that
// there nothing is a launch. What cannot be told is said, where waits show that there is something. Internal to
// tools/studies; pure.
#pragma once

#include <vector>

#include "models/scenario.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

void calibrate_dispatch(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                        const CalibrationOptions& options, Calibration& into);

}  // namespace understudy::studies
