// A stress test as one JSON document, for `understudy stress --json`, and read from one, for who draws it. docs/file-formats.md
// has the members, which are an interface. What is not known is left out; equal results give equal bytes. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "tools/studies/bottlenecks.h"
#include "tools/studies/breaking_point.h"

namespace understudy::formats {

/// `bottlenecks`: null where they were not looked for.
std::string stress_as_json(const studies::Study& study, const studies::BreakingPointResult& result,
                           const studies::BottlenecksResult* bottlenecks);

struct StressAnswer {
    /// What it is called, its base and changes, what was set, and of growth the words: enough for people, not to simulate.
    studies::Study study;
    studies::BreakingPointResult result;
    std::optional<studies::BottlenecksResult> bottlenecks;
};

/// All that such a document says, so that stress_as_json makes the same bytes of it. Without what no document has: measures
/// that had no data, levels and numbers of replications of single estimates. Throws std::invalid_argument, which says what is
/// wrong, where the document is none of these or does not hold together.
StressAnswer stress_from_json(const std::string& document);

}  // namespace understudy::formats
