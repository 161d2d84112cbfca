// What the replications of a rehearsed rollout together say of each case, and of the rollout's rule. Internal to canary.h. Pure;
// thread-safe.
#pragma once

#include <vector>

#include "tools/studies/canary.h"
#include "tools/studies/canary_round.h"

namespace understudy::studies {

/// The same, the change, and each bad candidate of the twin. `level`: of the intervals of shares.
std::vector<CanaryResult::Case> canary_cases(const PreparedCanary& prepared,
                                             const std::vector<CanaryRound>& rounds, double level,
                                             const CanaryOptions& options);

/// Whether it is told from its limit, and known to within `narrow_enough` on either side.
bool is_settled(const CanaryResult::Case& one);

/// The verdict of all cases together, and why.
void judge_canary(CanaryResult& result);

}  // namespace understudy::studies
