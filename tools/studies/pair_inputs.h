// Fitted inputs of a pair, drawn anew on both sides: how much of what a rehearsal says hangs on what a log gave.
//
// Baseline and candidate are of one platform, so that what the log was wrong about it was wrong about in both. Each draw
// gives both the same of an input that they have in common, by the baseline's seed, also where the candidate's
// replications draw other numbers; what the change itself sets is certain in the candidate alone, and an input that each
// side has of a fit of its own is drawn independently. Each draw is simulated in two replications of each side
// (input_part.h). An increase moves by what the candidate's measure moves less what the baseline's does; one in percent by
// what the ratio of both does.
//
// Internal to tools/studies. No I/O; the same for any number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/input_part.h"
#include "tools/studies/rehearse.h"

namespace understudy::studies {

/// What so many draws do to all measures of both, by draw; those that could not be simulated to the end on either side are
/// left out.
struct PairShifts {
    std::vector<DrawnShifts> baseline, candidate;
    std::int64_t draws = 0;
};

/// `before` and `after`: what both sides have found, in at least two replications each. Nothing: it was stopped.
std::optional<PairShifts> shifts_of_pair(const PreparedPair& pair, const PairOfInputs& inputs,
                                         std::int64_t draws, const RunResult& before, const RunResult& after,
                                         const RunOptions& options);

/// Puts the inputs' part into an entry that is an increase, and judges it by that.
void put_input_part(const PairShifts& shifts, const RunResult& before, const RunResult& after,
                    Accepted& entry);

/// Into all differences of what both measure, each at its own level.
void put_input_part(const PairShifts& shifts, const RunResult& before, const RunResult& after,
                    Comparison& comparison);

/// "479 draws of 2 fitted inputs: calls.arrivals, server.service; 1 in the candidate"
std::string redrawn_text(std::int64_t draws, const PairOfInputs& inputs);

}  // namespace understudy::studies
