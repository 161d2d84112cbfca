// What the replications of a run have seen of one measure. Internal to tools/studies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel/batch_means.h"
#include "kernel/intervals.h"
#include "kernel/pooled.h"
#include "models/simulation/replication.h"

namespace understudy::studies {

struct Seen {
    std::vector<double> by_replication;  ///< NaN where one had no data
    std::vector<std::uint8_t>
        had_data;               ///< by replication: 1 where it had; a spread has some with its first item
    kernel::Sections sections;  ///< of what is estimated from all that was seen; else empty
    std::vector<kernel::Tally> tallies;  ///< by replication: what a share was counted from; else empty
    kernel::Tally counted;               ///< all of them together
    std::int64_t with_data = 0;          ///< replications
    std::vector<kernel::Part> parts;     ///< of a run of one replication (one_run.h); else empty
    std::int64_t together = 1;           ///< replications that are as one: 2 of an antithetic pair
    /// By control, then replication: how far a quantity was from its expectation (variance_reduction.h).
    std::vector<std::vector<double>> controls = {};
    double stretches =
        0;  ///< of the state that are as good as independent, in all; 0: not known (dependence.h)
    /// Where nobody was ever seen to wait: what a replication had if one item of it waited for one mean stay, which says
    /// how sure it is that nobody does (rare_waits.h). Of what was hardly ever counted: what one event more would be
    /// (rare_counts.h). 0: neither, or it is not known.
    double least = 0;

    /// What the replication of this number, from 0, has seen of the probe. Numbers ascend.
    void add(models::ReplicationOutcome& outcome, std::size_t probe, std::size_t replication);
};

}  // namespace understudy::studies
