// What the replications of a run have seen of one measure. Internal to tools/studies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel/intervals.h"
#include "kernel/pooled.h"
#include "models/simulation/replication.h"

namespace understudy::studies {

struct Seen {
    std::vector<double> by_replication;  ///< NaN where one had no data
    kernel::Sections sections;           ///< of what is estimated from all that was seen; else empty
    kernel::Tally counted;               ///< what a share was counted from, over all of them
    std::int64_t with_data = 0;          ///< replications

    /// What the replication of this number, from 0, has seen of the probe. Numbers ascend.
    void add(models::ReplicationOutcome& outcome, std::size_t probe, std::size_t replication);
};

}  // namespace understudy::studies
