// The parts of the page of a stress test; each is empty where there is nothing to say. Internal to tools/reports.
#pragma once

#include <string>

#include "tools/studies/bottlenecks.h"
#include "tools/studies/breaking_point.h"

namespace understudy::reports {

/// Latency, throughput, the busiest workers, losses and lag against what was raised.
std::string html_level_charts(const studies::BreakingPointResult& result);
/// What waits and lags over the time of the run, at the levels that the answer is about.
std::string html_level_series(const studies::BreakingPointResult& result);
/// Each promise against what was raised, and where it is not kept.
std::string html_broken(const studies::BreakingPointResult& result);
std::string html_level_table(const studies::BreakingPointResult& result);
std::string html_disturbances(const studies::BreakingPointResult& result);
/// Where it is tight, and what would help.
std::string html_bottlenecks(const studies::BottlenecksResult& found);

}  // namespace understudy::reports
