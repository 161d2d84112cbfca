// How many items of loads there are in each item behind full batches, which `arrived` and `completed` count one by one.
//
// Pure, thread-safe; in proportion to stages and the streams between them.
#pragma once

#include <optional>
#include <vector>

#include "models/scenario.h"

namespace understudy::models {

/// By stage: in what comes to it. Nothing where that is not known: where batches may close before they are full, several
/// numbers come together, or items go round in a circle.
std::vector<std::optional<double>> items_in_each(const Scenario& scenario);

}  // namespace understudy::models
