// What one replication says of one thing that is promised or measured.
//
// An objective about all items of all replications - an average, a quantile, a share - is kept when a sum over
// replications has the right sign: of a quantile what lies beyond the limit less what may, of an average what all items
// have less what they may have. So each replication adds an excess, independent of the others' and unbiased, and nothing
// else of it has to be kept. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "kernel/intervals.h"
#include "kernel/pooled.h"
#include "kernel/time.h"
#include "models/measure.h"
#include "models/simulation/replication.h"

namespace understudy::studies {

struct Evidence {
    double value = std::numeric_limits<double>::quiet_NaN();  ///< the replication's own; NaN: it had no data
    /// Of an objective: by how much it is on the wrong side of its limit, summed over `weight`; below 0 it is kept. Of a
    /// measure that is a share of what is counted: the count.
    double excess = 0;
    double weight =
        0;  ///< items, time or trials that were seen; 1 of what has one value a replication; 0: no data
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// Of the probe with this number. `objective`: what is promised of it, if anything is.
Evidence evidence_of(const models::ReplicationOutcome& outcome, std::size_t probe,
                     const models::Objective* objective);

/// The same of what was seen of it up to some instant.
Evidence evidence_of(const std::optional<double>& value, const std::optional<kernel::Tally>& tally,
                     const std::optional<kernel::Observed>& observed, const models::Objective* objective);

/// Adds those that have not come to their end, and are over the limit (models::counts_overdue), to what was seen of an
/// objective, each with how long it has taken so far, in ns. The value stays that of what came through.
void charge(Evidence& evidence, const std::vector<kernel::Time>& overdue, const models::Objective& objective);

/// The share of what is seen that may be on the wrong side of the limit, where the objective is about such a share.
std::optional<double> share_allowed(const models::Objective& objective);

}  // namespace understudy::studies
