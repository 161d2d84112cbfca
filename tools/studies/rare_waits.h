// How sure it is that nobody waits, where nobody was seen to. Internal to tools/studies.
//
// Waits that are 0 in all replications have no spread, and an interval by spread says that they are 0 for certain. As
// with a share of which nothing was counted (the rule of three), the number of items says more: one more of them might
// have waited, and then for about as long as an item stays there. That is the least size that kernel/few_differ.h asks
// for. Of the greatest of a replication the same goes where most replications have none: another one might have had an
// item that waits. What formulas know to be 0 stays without a width. Pure, thread-safe.
#pragma once

#include <vector>

#include "kernel/time.h"
#include "models/measure.h"
#include "tools/studies/run.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

/// The average of all items, or of all the time.
bool is_plain_mean_of(const models::Measure& measure, models::Metric metric);

/// Sets Seen::least of mean waits that are all 0, and of mean numbers in line; of the greatest, where most are 0.
void allow_for_rare_waits(const PreparedRun& prepared, kernel::Time warm_up, std::vector<Seen>& seen);

}  // namespace understudy::studies
