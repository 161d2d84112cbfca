#include "tools/studies/constraints.h"

#include <algorithm>

namespace understudy::studies {

bool has_constraints(const models::Scenario& scenario) {
    return std::any_of(scenario.actions.begin(), scenario.actions.end(),
                       [](const models::Action& action) { return is_constraint(action); });
}

bool is_constraint(const models::Scenario& scenario, const std::string& alert) {
    return std::any_of(scenario.actions.begin(), scenario.actions.end(), [&](const models::Action& action) {
        return is_constraint(action) && action.text == alert;
    });
}

}  // namespace understudy::studies
