// What keeps formulas from saying anything of a part of a scenario, in words for its user. Internal to models/analytic.
// Pure functions; empty: nothing does.
#pragma once

#include <string>

#include "models/quoted.h"
#include "models/scenario.h"

namespace understudy::models {

/// What keeps a load from being the same all the time, and known.
std::string trouble_of(const Load& load);
/// Each arrival is one item.
bool in_groups_of_one(const Load& load);
/// `name`: quoted, of those workers.
std::string trouble_of(const Workers& workers, const std::string& name);
std::string trouble_of(const Stage& stage);
/// Mechanisms that together have no formula here, though each alone may have one: then nothing is answered.
std::string trouble_of(const Scenario& scenario);
/// Failed attempts are made again, at some stage; and items are lost in the end although they are.
bool tries_again(const Scenario& scenario);
bool tries_again_at_once(const Scenario& scenario);
bool loses_after_tries(const Scenario& scenario);
/// Stages share a pool.
bool shares_pools(const Scenario& scenario);

}  // namespace understudy::models
