// How much of a state there is of each element, for people. Pure, thread-safe.
#pragma once

#include <string>

#include "models/initial_state.h"

namespace understudy::reports {

/// `before -> after` where they differ; elements of which neither has any are left out, and it is empty without one.
/// `width`: of the terminal; 0: no limit.
std::string state_table(const models::InitialState& before, const models::InitialState& after, int width);

}  // namespace understudy::reports
