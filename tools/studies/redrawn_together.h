// Numbers that were fitted together (fitted_together.h), drawn anew together, as another log would have given them.
//
// The least squares of a linear model without a bound have Student's law of many dimensions around the truth, with the
// fit's standard errors and correlations (Kotz and Nadarajah 2004): normal errors over the root of one draw of chi squared
// over its degrees. No number is below 0: what falls there becomes what least squares with that bound would have given in
// its place, the nearest point that is not below 0, by the distance that the covariance makes (Lawson and Hanson 1974).
// So a number that becomes 0 takes those along that go against it, and what the makespans know, the sum, stays.
//
// Of a path the value that stands in the twin moves by what its numbers do; no launch or delay is below 0.
// Internal to tools/studies and the reader of changes. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "models/scenario.h"
#include "tools/studies/fitted_together.h"

namespace understudy::studies {

/// Can numbers have these correlations with one another?
bool can_be_correlated(const std::vector<FittedTogether::Number>& numbers);

/// One draw of all numbers, in order.
std::vector<double> redrawn_numbers(const FittedTogether& together, kernel::Stream& stream);

/// Is this what paths of numbers end with: `launch`, `delay` or `speed`?
bool can_be_made(std::string_view path);

/// Leaves those paths that have what was fitted in this scenario; of a pipeline's defaults, any of its tasks has it.
void keep_as_fitted(const models::Scenario& scenario, FittedTogether& together);

/// Each path with its numbers as they were drawn; of a pipeline's defaults all tasks that have what was fitted.
void redraw_together(models::Scenario& scenario, const FittedTogether& together, kernel::Stream& stream);

}  // namespace understudy::studies
