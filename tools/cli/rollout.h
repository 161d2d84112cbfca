// A change's rollout in steps, ready to be rehearsed: what `validate` and `rehearse` do with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/studies/canary.h"

namespace understudy::cli {

/// Of a change that has one, and the scenario that it is applied to; `stress`: the one of its stresses that happens, none
/// where it is empty. Nothing if there was an error, which has been said
/// then.
std::optional<studies::PreparedCanary> prepare_rollout(const std::string& base,
                                                       const std::vector<std::string>& overrides,
                                                       const std::string& change,
                                                       const std::string& stress = "");

}  // namespace understudy::cli
