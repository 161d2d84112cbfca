// What a platform adds to the work, from logs that have run times and a makespan but no instants.
//
// Four numbers: the time from level to level of the graph (`delay` of tasks), a central launcher's time for each task
// and for each GB of its files (`launch`; the nodes become one, so that there is one launcher), and how many times longer
// work takes (the inverse of `speed`). Each log becomes its own replay twin (replay_twin.h) with these added, and they are chosen
// so that the squares of the relative errors of the makespan are least: Gauss and Newton's method on the simulation
// itself, with no number below 0 (non-negative least squares, Lawson and Hanson 1974, ch. 23), from the solution of the
// model in which they add up.
//
// Each log is left out in turn: the numbers are fitted to the others, by the simulation's slopes at the solution for all
// that are in, and its makespan simulated. Intervals are Student's of the linear model at the solution, without the bound:
// at the bound no estimate moves, however wrong it is.
// Internal to tools/studies; deterministic.
#pragma once

#include <vector>

#include "tools/studies/calibrate_parts.h"

namespace understudy::studies {

/// Can this log be used? It has a makespan, and no instants.
bool tells_overheads(const models::RecordedRun& run);

/// Adds edits, elements, validation and what cannot be told to `into`; of `runs` those that tell are used.
void calibrate_overheads(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs,
                         const CalibrationOptions& options, Calibration& into);

}  // namespace understudy::studies
