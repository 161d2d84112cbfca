// What keeps formulas from saying anything of a part of a scenario, in words for its user. Internal to models/analytic.
// Pure functions; empty: nothing does.
#pragma once

#include <string>

#include "models/scenario.h"

namespace understudy::models {

inline std::string quoted(const std::string& name) { return "'" + name + "'"; }

/// What keeps a load from being the same all the time, and known.
std::string trouble_of(const Load& load);
/// Each arrival is one item.
bool in_groups_of_one(const Load& load);
/// `name`: quoted, of those workers.
std::string trouble_of(const Workers& workers, const std::string& name);
std::string trouble_of(const Stage& stage);

}  // namespace understudy::models
