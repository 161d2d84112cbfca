// The series of a run: what is sampled over its time for results and warm-ups, how many there are, and how often.
// Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/time.h"
#include "models/scenario.h"

namespace understudy::models {

/// What fits: points of a series, and values of all series in all replications.
inline constexpr std::int64_t most_points_of_series = 100'000;
inline constexpr double most_values_of_series = 2e8;

/// As models/compile's default measures: levels of stages, pools and datasets, and what is asked for.
std::size_t series_of(const Scenario& scenario);

/// As the scenario says; else a 500th of its length, or as much longer as it takes for all to fit, a 20th at most. 0 for
/// a run without a length that says nothing.
kernel::Time sample_of(const Scenario& scenario);

}  // namespace understudy::models
