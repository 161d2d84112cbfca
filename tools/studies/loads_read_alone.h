// Loads that a stage reads and nothing else does: what is seen of such a stage's work is seen of its load. Internal to
// tools/studies; pure.
#pragma once

#include <map>
#include <set>
#include <string>

#include "models/scenario.h"

namespace understudy::studies {

/// By the name of the stage: all of such a load, and of no other, starts there. The twin must outlive it.
std::map<std::string, const models::Load*> loads_read_alone(const models::Scenario& twin);

/// The same for logs that tell of the stages `told`: a pause that holds nobody and that they do not know (as the
/// ACTIVITY_waits of an import) is looked through, to the stage that it alone hands all items to.
std::map<std::string, const models::Load*> loads_told_alone(const models::Scenario& twin,
                                                            const std::set<std::string>& told);

}  // namespace understudy::studies
