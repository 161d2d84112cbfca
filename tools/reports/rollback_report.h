// The part of a rehearsal's page that tells of its way back. Internal to tools/reports.
#pragma once

#include "tools/reports/page.h"
#include "tools/studies/rollback.h"

namespace understudy::reports {

void put_rollback(Page& page, const studies::RollbackResult& result);

}  // namespace understudy::reports
