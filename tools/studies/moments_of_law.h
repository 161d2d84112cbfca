// Which moments a law has: of the laws only Pareto's lacks some. Pure, thread-safe.
#pragma once

#include <limits>

#include "models/law.h"

namespace understudy::studies {

constexpr double all_moments = std::numeric_limits<double>::infinity();

/// A law has the moments below this one.
double moments_below(const kernel::Distribution& law);
/// Of one that is drawn as it stands, and goes by nothing that items carry.
double moments_below(const models::Law& law);

}  // namespace understudy::studies
