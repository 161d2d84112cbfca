// Whether an earlier run's replications are those of this one, so that they need not be simulated again. Pure,
// thread-safe.
//
// They are if all that a replication depends on is the same: what is simulated and measured, the seed, the program's
// version, and the warm-up that was cut. How many there are, what is promised of them, and how sure one wants to be may
// differ.
#pragma once

#include <string>

#include "tools/studies/result.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// Digest of all that a replication depends on but its seed and number; empty where that is not known, or not
/// all of it: of a scenario that was not read from a text, and of a replay.
std::string digest_of_replications(const PreparedRun& prepared, const RunOptions& options);

/// Empty, or why they are not, behind "is not reused: ". What the warm-up is comes out in the run.
std::string why_not_reused(const PreparedRun& prepared, const RunOptions& options, const RunResult& earlier);

}  // namespace understudy::studies
