// How much data a task works on, as a tag of the task: "data=1234567B".
//
// The language has no size for a task that reads no dataset, and tags never change a run; so a twin of a log that lists
// files keeps their size where calibration finds it, and a change then says in durations what it makes of it. Pure,
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/scenario.h"

namespace understudy::studies {

std::string data_tag(std::int64_t bytes);

/// Of the first such tag; nothing without one, or where it is no number.
std::optional<double> tagged_bytes(const models::Description& description);

}  // namespace understudy::studies
