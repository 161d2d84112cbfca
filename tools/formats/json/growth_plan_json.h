// A plan for a load that grows as one JSON document. Keys: docs/capacity.md. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/growth_plan.h"

namespace understudy::formats {

/// Ends with a newline.
std::string growth_plan_as_json(const studies::Study& study, const studies::GrowthPlanResult& result);

}  // namespace understudy::formats
