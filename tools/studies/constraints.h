// Constraints: alerts of the level `fail`. A replication in which one is raised is not as it was to be, whatever else holds.
// Values only; thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "models/scenario.h"

namespace understudy::studies {

/// The level of an alert is its key.
inline bool is_constraint(const models::Action& action) {
    return action.verb == models::Action::Verb::alert && action.key == "fail";
}

bool has_constraints(const models::Scenario& scenario);
/// What an alert is called, by its place among the actions: its text, and its place where another says the same.
std::string alert_name(const models::Scenario& scenario, std::size_t action);

/// All of them, for people: "constraint 'too long a line'", "constraint 'a' or 'b'"; of many their number.
std::string constraint_names(const models::Scenario& scenario);

}  // namespace understudy::studies
