// Whether what a load brings with each arrival is a whole number as it is written. Pure, thread-safe.
#pragma once

#include "models/scenario.h"

namespace understudy::models {

/// Some arrivals would bring a part of an item, or none, and bring the nearest whole number, at least one: what is known of
/// the law is not what comes.
bool items_are_rounded(const Load& load);

}  // namespace understudy::models
