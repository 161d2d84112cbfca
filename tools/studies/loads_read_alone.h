// Loads that a stage reads and nothing else does: what is seen of such a stage's work is seen of its load. Internal to
// tools/studies; pure.
#pragma once

#include <map>
#include <string>

#include "models/scenario.h"

namespace understudy::studies {

/// By the name of the stage: all of such a load, and of no other, starts there. The twin must outlive it.
std::map<std::string, const models::Load*> loads_read_alone(const models::Scenario& twin);

}  // namespace understudy::studies
