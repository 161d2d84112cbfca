// A stage that reads its input again for a backfill: how much that is, and in what parts it is done.
//
// Far back is as far as its input is kept; as many items as come to it in that time, which take what its items took in a
// replication, attempts after failures included. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::studies {

/// Why what it reads again cannot be what its items take, one after the other; empty: it can.
std::string why_not_read_again(const models::Stage& stage);

/// For how many seconds back its input is kept, `over_s` at most.
double read_again_s(const models::Scenario& scenario, const models::Stage& stage, double over_s);

/// What `items` of it take together, an average number that need not be whole: sums of those in `work` that came one after the
/// other, as its items may be alike for a while; with the mean `item_s` of an item's attempts. Not empty.
std::vector<double> work_of_parts(const std::vector<double>& work, double items, double item_s);

}  // namespace understudy::studies
