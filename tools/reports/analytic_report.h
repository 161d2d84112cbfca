// What formulas say of a scenario, as text for a terminal.
#pragma once

#include <string>

#include "tools/reports/text_report.h"
#include "tools/studies/analytic.h"

namespace understudy::reports {

std::string analytic_report(const studies::AnalyticResult& result, const TextOptions& options = {});

}  // namespace understudy::reports
