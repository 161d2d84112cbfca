// How sure it is that nobody waits, where nobody was seen to. Internal to tools/studies.
//
// Waits that are 0 in all replications have no spread, and an interval by spread says that they are 0 for certain. As
// with a share of which nothing was counted (the rule of three), the number of items says more: one more of them might
// have waited, and then for about as long as an item stays there. That is the least size that kernel/few_differ.h asks
// for. What formulas know to be 0 stays without a width. Pure, thread-safe.
#pragma once

#include <vector>

#include "tools/studies/run.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

/// Sets Seen::least of mean waits that are all 0.
void allow_for_rare_waits(const PreparedRun& prepared, std::vector<Seen>& seen);

/// Of this measure nobody was seen to wait, which is not known to be so for ever.
bool none_was_seen(const Seen& seen);

}  // namespace understudy::studies
