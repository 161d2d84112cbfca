// Checks of a scenario's meaning, before anything runs.
//
// The reader of a file has checked words and grammar; here come references, shares, dimensions between
// elements, cycles, impossible needs and offered load. All problems at once, in the order of the scenario.
// Pure, thread-safe.
#pragma once

#include <set>
#include <string>

#include "models/problem.h"
#include "models/scenario.h"

namespace understudy::models {

/// What of a scenario could not be read. Nothing is said of it, nor of what rests on it: that would be
/// consequences. Paths stand for all below them.
struct Unread {
    /// With something unread in them: "twin.stages.ingest", "twin.pipelines.nightly.tasks.load",
    /// "objectives.2", "run". In lists something stands at the element's place, so that the numbers hold.
    std::set<std::string> elements;
    /// The values in them that could not be read: "twin.stages.ingest.service". The references and needs of
    /// others are checked.
    std::set<std::string> values;
    /// What those values declare or mention: each may be the name of anything.
    std::set<std::string> names;

    bool empty() const { return elements.empty(); }
};

/// Empty if nothing is wrong or doubtful. Paths are the language's: "twin.stages.ingest.reads".
/// With something unread only errors are reported, and none that needs the whole flow to be known.
Problems check(const Scenario& scenario, const Unread& unread = {});

}  // namespace understudy::models
