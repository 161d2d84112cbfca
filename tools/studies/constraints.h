// Constraints: alerts of the level `fail`. A replication in which one is raised is not as it was to be, whatever else holds.
// Values only; thread-safe.
#pragma once

#include <string>

#include "models/scenario.h"

namespace understudy::studies {

/// The level of an alert is its key.
inline bool is_constraint(const models::Action& action) {
    return action.verb == models::Action::Verb::alert && action.key == "fail";
}

bool has_constraints(const models::Scenario& scenario);
/// Whether an alert with that text is one.
bool is_constraint(const models::Scenario& scenario, const std::string& alert);

}  // namespace understudy::studies
