#include "tools/studies/constraints.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy::studies {

bool has_constraints(const models::Scenario& scenario) {
    return std::any_of(scenario.actions.begin(), scenario.actions.end(),
                       [](const models::Action& action) { return is_constraint(action); });
}

std::string alert_name(const models::Scenario& scenario, std::size_t action) {
    const models::Action& one = scenario.actions[action];
    const auto says_the_same = [&](const models::Action& other) {
        return &other != &one && other.verb == models::Action::Verb::alert && other.text == one.text;
    };
    return std::any_of(scenario.actions.begin(), scenario.actions.end(), says_the_same)
               ? fmt::format("{} (actions[{}])", one.text, action)
               : one.text;
}

std::string constraint_names(const models::Scenario& scenario) {
    constexpr std::size_t most = 3;
    std::string names;
    std::size_t count = 0;
    for (std::size_t i = 0; i < scenario.actions.size(); ++i) {
        if (!is_constraint(scenario.actions[i])) continue;
        names += fmt::format("{}'{}'", count == 0 ? "" : " or ", alert_name(scenario, i));
        ++count;
    }
    return count > most ? fmt::format("one of {} constraints", count) : "constraint " + names;
}

}  // namespace understudy::studies
