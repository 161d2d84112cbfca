// What the work of a task takes at least where nobody is in its way: its mean service at the largest speed that it can meet,
// and what it moves, at the largest bandwidth.
//
// A lower bound for whichever worker takes it: data that is moved `once` may be there already and counts for nothing, and
// links are as fast as growth and actions make them. Pure; of a scenario without errors (models/check.h).
#pragma once

#include "models/scenario.h"

namespace understudy::models {

/// Seconds, of a mean service of so many at speed 1.
double least_seconds(const Scenario& scenario, const Work& work, double mean_service);

}  // namespace understudy::models
