// A recorded run of our own once more: the draws of its trace in place of the generator, and its metrics compared bit
// for bit. No I/O; deterministic.
#pragma once

#include <cstdint>
#include <vector>

#include "models/simulation/recorded_draws.h"
#include "tools/studies/result.h"
#include "tools/studies/run.h"

namespace understudy::studies {

struct Repetition {
    RunResult result;
    std::int64_t compared = 0, different = 0;  ///< values of metrics, each replication's own
};

/// `prepared` is the recorded scenario with as many replications as there are `draws`; `numbers`, of the same length,
/// are those that the replications had in `recorded`, from 1. Thread-safe as run() is.
Repetition repeat(const PreparedRun& prepared, const RunResult& recorded,
                  const std::vector<std::int64_t>& numbers, const std::vector<models::RecordedDraws>& draws,
                  RunOptions options);

}  // namespace understudy::studies
