// A stress test as one JSON document, for `understudy stress --json`. docs/file-formats.md has the members, which are an
// interface. What is not known is left out; equal results give equal bytes. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/bottlenecks.h"
#include "tools/studies/breaking_point.h"

namespace understudy::formats {

/// `bottlenecks`: null where they were not looked for.
std::string stress_as_json(const studies::Study& study, const studies::BreakingPointResult& result,
                           const studies::BottlenecksResult* bottlenecks);

}  // namespace understudy::formats
