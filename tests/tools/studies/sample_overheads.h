// Logs of workflows without instants, and what a platform that is known makes of them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kernel/random.h"
#include "models/recorded_run.h"
#include "models/scenario.h"

namespace understudy::tests {

/// What a platform adds, in the order of the names.
using Platform = std::array<double, 4>;
constexpr std::array<const char*, 4> overheads_of_platforms = {"each task", "each GB", "each level",
                                                               "work takes"};

/// Layers of `wide` tasks and of a quarter as many, in turn; each waits for up to eight of the layer before.
models::RecordedRun layers(std::uint32_t wide, std::uint32_t deep, kernel::Stream& stream);

/// Its twin on that platform.
models::Scenario twin_on(const models::RecordedRun& run, const Platform& platform);
/// How long it takes there.
double makespan_on(const models::RecordedRun& run, const Platform& platform);

/// Eight of different shapes with their makespans there; `noise`: these vary by that coefficient of variation.
std::vector<models::RecordedRun> logs_on(const Platform& platform, double noise, kernel::Stream& stream);

}  // namespace understudy::tests
