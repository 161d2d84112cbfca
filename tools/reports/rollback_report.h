// The part of a rehearsal's page that tells of its way back. Internal to tools/reports.
#pragma once

#include <string>
#include <vector>

#include "tools/reports/page.h"
#include "tools/studies/rollback.h"

namespace understudy::reports {

/// What happens when, and what it costs: what, and how much; those of steps are indented.
std::vector<std::vector<std::string>> rollback_rows(const studies::RollbackResult& result);
std::string last_safe_text(const studies::RollbackResult& result);

void put_rollback(Page& page, const studies::RollbackResult& result);

}  // namespace understudy::reports
