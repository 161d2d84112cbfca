// Checks of a scenario's meaning, before anything runs.
//
// The reader of a file has checked words and grammar; here come references, shares, dimensions between
// elements, cycles, impossible needs and offered load. All problems at once, in the order of the scenario.
// Pure, thread-safe.
#pragma once

#include "models/problem.h"
#include "models/scenario.h"

namespace understudy::models {

/// Empty if nothing is wrong or doubtful. Paths are the language's: "twin.stages.ingest.reads".
Problems check(const Scenario& scenario);

}  // namespace understudy::models
