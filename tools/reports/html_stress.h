// A stress test as one HTML file: where it breaks, latency and throughput against what was raised, what breaks first, what
// disturbances do, what would help.
//
// As the page of a run (html_report.h): self-contained, light and dark, printable, the same bytes for the same answer, below
// about a megabyte. Charts are drawn here, so that it needs no script. Thread-safe.
#pragma once

#include <string>

#include "tools/studies/bottlenecks.h"
#include "tools/studies/breaking_point.h"

namespace understudy::reports {

/// What an answer does not say of where it comes from.
struct StressOrigin {
    std::string version;  ///< of understudy
    std::string base;     ///< digest of what was simulated
};

/// `bottlenecks`: null where they were not looked for.
std::string html_stress(const studies::Study& study, const studies::BreakingPointResult& result,
                        const studies::BottlenecksResult* bottlenecks, const StressOrigin& origin);

}  // namespace understudy::reports
