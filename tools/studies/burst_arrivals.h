// Bursts as they were fitted (kernel/bursts.h), as arrivals of a scenario, and back. Values only; thread-safe.
#pragma once

#include <optional>

#include "kernel/bursts.h"
#include "models/scenario.h"

namespace understudy::studies {

/// Two states, `calm` and `burst`, with exponential stays; the first is `calm`.
models::Arrivals arrivals_of(const kernel::Bursts& bursts);

/// Nothing where they are not two states with exponential stays, one after the other.
std::optional<kernel::Bursts> bursts_of(const models::Arrivals& arrivals);

}  // namespace understudy::studies
