// The part of a rehearsal's page that tells of its rollout in steps. Its texts of a case are for others as well.
#pragma once

#include <string>
#include <vector>

#include "tools/reports/page.h"
#include "tools/studies/canary.h"

namespace understudy::reports {

/// What a case has to keep: "stops the change as it is in less than 50%".
std::string canary_promise_text(const studies::CanaryResult::Case& one);
/// "stopped in 2.2 % (0.1 to 11.8), 1 of 45".
std::string canary_found_text(const studies::CanaryResult::Case& one);

/// Who gets what share when, how it is looked at, and what both sides share.
std::vector<std::string> canary_plan_texts(const studies::CanaryResult& result);
/// What happened to a case: when it was stopped and by what, when it passed, what it did; those of a cause are indented.
std::vector<std::string> canary_case_texts(const studies::CanaryResult& result,
                                           const studies::CanaryResult::Case& one);

/// `stress`: under which it is; empty: under none.
void put_canary(Page& page, const studies::CanaryResult& result, const std::string& stress = "");

}  // namespace understudy::reports
