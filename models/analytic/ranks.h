// Who at a pool never waits for whom: stages that take the place of all less urgent work at once (order: priority,
// preempt) see these workers as if nobody else had work for them. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::models {

/// Stages of the pool, or of the stage with workers of its own, by how urgent their items are, the most urgent first.
/// Empty where items of one stage differ in that, where tasks work there too, where work is of several workers, or
/// where nobody takes another's place.
std::vector<std::vector<std::string>> ranks_that_cut_in(const Scenario& scenario, const std::string& element);

}  // namespace understudy::models
