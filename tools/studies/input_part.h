// The part of an interval that fitted inputs have, from what a measure does when they are drawn anew.
//
// Each draw of the inputs is simulated in two replications, with the random numbers of two that are there already, and held
// against those: what differs is what the inputs do (common random numbers). Of these shifts
// - what varies between the two of one draw is simulation, not input: an analysis of variance takes it out (Song, Nelson
//   and Pegden 2014, Winter Simulation Conference; Nelson 2013, Foundations and Methods of Stochastic Simulation, 7.2), and
//   the draws are moved towards their mean by so much,
// - the rest gives the input's part by its quantiles (Barton, Nelson and Xie 2014, INFORMS Journal on Computing 26:1), the
//   k-th of n as the k / (n + 1) quantile.
// Both parts are added as independent errors are, by the root of their squares, to either side.
//
// Internal to tools/studies. No I/O, thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/intervals.h"
#include "kernel/time.h"
#include "tools/studies/run.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::studies {

/// Replications that each draw is simulated in.
constexpr std::size_t shifts_a_draw = 2;
/// What one draw adds to a measure in each of them; NaN where there is no data.
using Shifts = std::array<double, shifts_a_draw>;
/// Of one draw, by measure. Empty: the twin could not be simulated to its end with it.
using DrawnShifts = std::vector<Shifts>;

/// Simulates `drawn`, which is the scenario of `prepared` with other inputs, in two of the replications that `usual` is
/// of, which has at least so many. Nothing: it was stopped.
std::optional<DrawnShifts> shifts_of(const PreparedRun& prepared, const models::Scenario& drawn,
                                     const RunResult& usual, std::int64_t draw, const std::atomic<bool>& stop,
                                     std::atomic<std::int64_t>* progress);

/// How far off an estimate may be by its inputs, to either side; nothing where too few draws have data.
std::optional<PartOfInterval> offset_of(const std::vector<Shifts>& by_draw, double level);
/// Of the measure at this place.
std::optional<PartOfInterval> offset_of(const std::vector<DrawnShifts>& draws, std::size_t measure,
                                        double level);

/// What is to be said where so many of all draws could be simulated: "with 3 of 100 draws ..."; empty: all could.
std::string why_left_out(std::int64_t simulated, std::int64_t draws);

/// Whether so many of all draws are enough to say something.
bool are_enough(std::int64_t with_data, std::int64_t draws);

/// Takes the inputs' part into an interval, and says both parts; nothing happens to an estimate without an interval.
void widen(Estimate& estimate, const PartOfInterval& offset, const kernel::Range& range);
void widen(kernel::Estimate& estimate, const PartOfInterval& offset);

/// What becomes of a verdict by an interval that was widened.
struct WidenedVerdict {
    bool unsettled = false;  ///< it reaches across the limit; else all stays as it was
    /// That of the inputs alone does as well: no number of replications would settle it.
    bool inputs_decide = false;
    std::int64_t more_replications = 0;  ///< about so many would, where they can be run; else 0
};
WidenedVerdict verdict_of(const Estimate& widened, models::Comparison comparison, double limit);
/// "the parameters are not known well enough: ..."; `of_each`: replications are of a pair.
std::string explanation_of(const WidenedVerdict& verdict, bool of_each);

/// Puts the inputs' part into all intervals of `result`, and judges its objectives by them.
void put_input_part(const PreparedRun& prepared, const std::vector<DrawnShifts>& draws, RunResult& result);

}  // namespace understudy::studies
