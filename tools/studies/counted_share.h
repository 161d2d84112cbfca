// A share of items or events, which replications count one by one: of all of them together.
//
// Pure, thread-safe. Source of the ratio and its error: Cochran 1977 (Sampling Techniques, eq. 6.10), joined with the
// limits that the counts alone allow (kernel/intervals.h).
#pragma once

#include <optional>
#include <span>

#include "kernel/intervals.h"
#include "models/measure.h"

namespace understudy::studies {

bool is_counted_share(const models::Measure& measure);

/// Of replications that each counted so many of so many: whole numbers, as many of both, each of more than none. The
/// interval is never narrower than all counts together allow; none for fewer than two replications.
std::optional<kernel::Estimate> counted_share(std::span<const double> counts, std::span<const double> trials,
                                              double level);

}  // namespace understudy::studies
