// A plan for a load that grows as one HTML file: each parameter, cost and load over time, and when each step breaks. A page as
// html_study.h says. Thread-safe.
#pragma once

#include <string>

#include "tools/reports/answer_origin.h"
#include "tools/studies/growth_plan.h"
#include "tools/studies/study.h"

namespace understudy::reports {

std::string html_growth_plan(const studies::Study& study, const studies::GrowthPlanResult& result,
                             const AnswerOrigin& origin);

}  // namespace understudy::reports
