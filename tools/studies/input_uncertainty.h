// How much of what a run says hangs on parameters that a log gave: input uncertainty, added to the intervals of a run.
//
// A run shows how sure its estimates are for a twin whose parameters are true. Fitted ones are not: another log would have
// given others. So many times all uncertain inputs are drawn as another log would have given them (kernel/redraw.h), and
// two replications of the twin with them are held against the same two of the run, which draw the same random numbers:
// what differs is what the parameters do (common random numbers). Of the differences
// - what varies between the two replications of one draw is simulation, not input: an analysis of variance takes it out
//   (Song, Nelson and Pegden 2014, Winter Simulation Conference; Nelson 2013, Foundations and Methods of Stochastic
//   Simulation, 7.2), and the draws are moved towards their mean by so much,
// - the rest gives the input's part of the interval by its quantiles (Barton, Nelson and Xie 2014, INFORMS Journal on
//   Computing 26:1), the k-th of n as the k / (n + 1) quantile.
// Both parts are added as independent errors are, by the root of their squares, to either side. Measured:
// tests/tools/studies/input_uncertainty.cpp, docs/calibration.md.
//
// No I/O. Draws have addresses of their own: the result depends on the seed alone, not on threads. Beside the run it holds
// one compiled twin a thread and two numbers for each measure and draw.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/studies/run.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::studies {

inline constexpr std::int64_t usual_input_draws = 100;
/// The fewest whose quantiles reach an interval of this level: 39 at 95 percent.
std::int64_t fewest_input_draws(double level);

/// By input: why it cannot be drawn again in this scenario, behind its path: "is no single law, as fits are"; empty: it can.
std::vector<std::string> why_not_redrawn(models::Scenario scenario,
                                         const std::vector<UncertainInput>& inputs);

/// The scenario with all inputs drawn anew; each must be one that can be.
models::Scenario redraw_inputs(const models::Scenario& scenario, const std::vector<UncertainInput>& inputs,
                               std::uint64_t seed, std::uint64_t draw);

/// Puts the inputs' part into the intervals of `result`, which run() gave for the same, and judges its objectives by them:
/// what was met or violated is inconclusive where the wider interval reaches across the limit. Replications of the result
/// must be at least two, inputs at least one. Stopped half-way, the result is as it was, interrupted, with a warning.
void add_input_uncertainty(const PreparedRun& prepared, const std::vector<UncertainInput>& inputs,
                           std::int64_t draws, const RunOptions& options, RunResult& result);

}  // namespace understudy::studies
