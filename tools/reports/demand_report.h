// The answer of a study of uncertain demand as text for a terminal. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/reports/text_report.h"
#include "tools/studies/demand.h"

namespace understudy::reports {

std::string demand_report(const studies::Study& study, const studies::DemandResult& result,
                          const TextOptions& look);

}  // namespace understudy::reports
