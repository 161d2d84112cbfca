// What a recorded run had in use at once: a lower bound of what its platform has.
//
// Counts what tasks asked for between their start and completion. Where the log cuts instants to its
// resolution, a task counts for at least that long; what ends at an instant is gone for what starts then.
// Pure; thread-safe.
#pragma once

#include <cstdint>

#include "models/recorded_run.h"

namespace understudy::models {

struct CapacityInUse {
    double node_cores = 0;               ///< the most on any one node
    std::int64_t node_memory_bytes = 0;  ///< the most on any one node
    std::int64_t tasks = 0;              ///< the most over all nodes
};

/// Of tasks with a start and a completion; tasks without a node count as one node.
CapacityInUse capacity_in_use(const RecordedRun& run);

}  // namespace understudy::models
