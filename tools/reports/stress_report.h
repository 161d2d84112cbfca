// A stress test for a terminal: where it breaks, how it bends before, what disturbances do, and what would help.
//
// Made from the result alone; the same result gives the same text. Thread-safe.
#pragma once

#include <string>

#include "tools/reports/text_report.h"
#include "tools/studies/bottlenecks.h"
#include "tools/studies/breaking_point.h"

namespace understudy::reports {

/// `bottlenecks`: null where they were not looked for.
std::string stress_report(const studies::Study& study, const studies::BreakingPointResult& result,
                          const studies::BottlenecksResult* bottlenecks, const TextOptions& look);

}  // namespace understudy::reports
