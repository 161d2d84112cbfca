// A stress test as one HTML file: where it breaks, latency and throughput against what was raised, what breaks first, what
// disturbances do, what would help.
//
// A page as html_study.h says. Thread-safe.
#pragma once

#include <string>

#include "tools/reports/answer_origin.h"
#include "tools/studies/bottlenecks.h"
#include "tools/studies/breaking_point.h"

namespace understudy::reports {

/// `bottlenecks`: null where they were not looked for.
std::string html_stress(const studies::Study& study, const studies::BreakingPointResult& result,
                        const studies::BottlenecksResult* bottlenecks, const AnswerOrigin& origin);

}  // namespace understudy::reports
