// The way back that a change tells, ready to be rehearsed: what `validate` and `rehearse` do with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/cli/found_plan.h"
#include "tools/studies/rollback.h"

namespace understudy::cli {

using FoundWayBack = FoundPlan<studies::PreparedRollback>;
FoundWayBack find_way_back(const std::string& base, const std::vector<std::string>& overrides,
                           const std::string& change);

/// Of a change that has one, and the scenario that it is applied to. Nothing if there was an error, which has been said
/// then. Where its edits can be made in a running twin they are, else it has them from the start.
std::optional<studies::PreparedRollback> prepare_way_back(const std::string& base,
                                                          const std::vector<std::string>& overrides,
                                                          const std::string& change);

}  // namespace understudy::cli
