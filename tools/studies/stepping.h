// How rollbacks and canaries go through a simulation that they step through (models/simulation/running.h): up to an instant,
// to what is watched for, and how long people take. Internal to tools/studies; pure but for what it is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernel/random.h"
#include "kernel/time.h"
#include "models/law.h"
#include "models/simulation/running.h"

namespace understudy::studies {

/// A draw of a law of durations that no item has a part in, at an address of its own; at least 0.
kernel::Time time_drawn(const models::Law& law, kernel::StreamKey key, std::uint64_t number);

/// Until that action of the model yields (true), or to that instant.
bool step_to(models::Running& now, kernel::Time instant, std::optional<std::size_t> action = {});

/// All that comes before that instant has happened, and nothing has yielded.
void step_before(models::Running& now, kernel::Time instant);

}  // namespace understudy::studies
