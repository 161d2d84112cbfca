// How much of what a run says hangs on parameters that a log gave: input uncertainty, added to the intervals of a run.
//
// A run shows how sure its estimates are for a twin whose parameters are true. Fitted ones are not: another log would have
// given others. So many times all uncertain inputs are drawn as another log would have given them (redrawn_inputs.h), and
// two replications of the twin with them are held against the same two of the run: what that says, and how it is put into
// the intervals, is in input_part.h. Measured: tests/tools/studies/input_uncertainty.cpp, docs/calibration.md.
//
// No I/O. Draws have addresses of their own: the result depends on the seed alone, not on threads. Beside the run it holds
// one compiled twin a thread and two numbers for each measure and draw.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/studies/run.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::studies {

/// Puts the inputs' part into the intervals of `result`, which run() gave for the same, and judges its objectives by them:
/// what was met or violated is inconclusive where the wider interval reaches across the limit. Replications of the result
/// must be at least two, inputs at least one. Stopped half-way, the result is as it was, interrupted, with a warning.
void add_input_uncertainty(const PreparedRun& prepared, const std::vector<UncertainInput>& inputs,
                           std::int64_t draws, const RunOptions& options, RunResult& result);

}  // namespace understudy::studies
