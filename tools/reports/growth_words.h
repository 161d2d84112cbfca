// What text and page both say of a plan for a load that grows. Internal to tools/reports. Pure functions.
#pragma once

#include <string>

#include "tools/studies/growth_plan.h"
#include "tools/studies/study.h"

namespace understudy::reports {

/// "2.033x"
std::string times_load(double multiple);
/// "2026-08-17 to 2026-08-20"; one of them where they are the same.
std::string span_of(const std::string& first, const std::string& last);
/// "3% per month from 2026-06-01 to 2028-06-01: 2.033x the load"
std::string growth_words(const studies::Study& study, const studies::GrowthPlanResult& result);
/// "5 steps, 53 replications, 95% confidence, seed 3"
std::string basis_words(const studies::GrowthPlanResult& result);
/// Whether it is known what the step is.
bool is_known(const studies::GrowthPlanResult::Step& step);
/// "2026-08-17"; "not known"; "2028-06-01 at least".
std::string holds_until_words(const studies::GrowthPlanResult& result,
                              const studies::GrowthPlanResult::Step& step);

}  // namespace understudy::reports
