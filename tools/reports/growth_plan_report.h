// A plan for a load that grows as text for a terminal. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/reports/text_report.h"
#include "tools/studies/growth_plan.h"

namespace understudy::reports {

std::string growth_plan_report(const studies::Study& study, const studies::GrowthPlanResult& result,
                               const TextOptions& look);

}  // namespace understudy::reports
