// A change's rollout in steps, ready to be rehearsed: what `validate` and `rehearse` do with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/cli/found_plan.h"
#include "tools/formats/language/change_reader.h"
#include "tools/studies/canary.h"

namespace understudy::cli {

using FoundRollout = FoundPlan<studies::PreparedCanary>;
FoundRollout find_rollout(const std::string& base, const std::vector<std::string>& overrides,
                          const std::string& change, const std::string& stress = "");

/// Of a change that has one, and the scenario that it is applied to; `stress`: the one of its stresses that happens, none
/// where it is empty. Nothing if there was an error, which has been said then.
std::optional<studies::PreparedCanary> prepare_rollout(const std::string& base,
                                                       const std::vector<std::string>& overrides,
                                                       const std::string& change,
                                                       const std::string& stress = "");

/// Why a change that goes in at once never does, in a run like this; rollouts in steps and ways back say so themselves.
std::optional<models::Problem> why_never_in(const formats::Change& change, const models::Run& run);

}  // namespace understudy::cli
