// Parts of an item that are done at the same time by exponential services: when so many of them have ended.
//
// The k-th of n ends after a row of exponential times, of rates n m, (n - 1) m, ... (n - k + 1) m (Renyi 1953). Pure,
// thread-safe.
#pragma once

#include <optional>

#include "models/analytic/transforms.h"

namespace understudy::models {

/// As phases in a row; nothing where there are too many.
std::optional<Phases> time_of_kth(long parts, long k, double mean);
double mean_of_kth(long parts, long k, double mean);
double variance_of_kth(long parts, long k, double mean);

}  // namespace understudy::models
