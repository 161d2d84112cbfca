// How fewer replications say as much: run.variance_reduction. Internal to tools/studies.
//
// Antithetic pairs: the second of two replications draws 1 - u for each u of the first. Each by itself is as good as any
// other; where a load is high in one it is low in the other, so that their mean varies less than that of two that have
// nothing to do with each other (Hammersley and Morton 1956, Mathematical Proceedings of the Cambridge Philosophical
// Society 52:3). A pair is one independent observation.
//
// Controls: utilisations, whose expectation the traffic equations know exactly (kernel/controls.h). Which ones is
// settled before anything has run, as choosing those that happen to explain most would find too narrow intervals: of the
// pools that a measure depends on the busiest, three at most. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/simulation/replication.h"
#include "tools/studies/run.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

/// Replications that make one independent observation.
std::int64_t replications_together(const models::Run& run);
/// At least as many replications, and whole ones of so many together.
std::int64_t whole_together(std::int64_t replications, std::int64_t together);
/// At least as many, in whole pairs where they come in pairs.
std::int64_t whole_pairs(const models::Run& run, std::int64_t replications);
/// Which random numbers replication `index`, from 0, has.
void number(models::ReplicationOptions& options, const models::Run& run, std::uint64_t index);

/// Gives what was seen its controls, where the run wants them, the model has any, there are enough replications, and what
/// came before the steady state has been cut: until then utilisations are not what they are in the long run.
void add_controls(const PreparedRun& prepared, kernel::Time warm_up, std::vector<Seen>& seen);

/// For the result: what was done, and how much narrower it has made the interval of the first measure that it
/// concerns, beside that of the same replications taken one by one. Empty: nothing.
std::string say_of_variance_reduction(const PreparedRun& prepared, const std::vector<Seen>& seen);
/// Where controls are asked for and there are none: why. Empty else.
std::string why_no_controls(const PreparedRun& prepared, kernel::Time warm_up, std::int64_t replications);

}  // namespace understudy::studies
