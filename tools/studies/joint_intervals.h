// Intervals of a law whose values were made with another estimate of the same log: a constant besides, or how fast workers are.
//
// What such an estimate is off by moves the law, and is independent of what the law's own sample does to it, as least squares
// of the residuals are: both add as variances (the delta method). Internal to tools/studies; pure.
#pragma once

#include "kernel/fit.h"

namespace understudy::studies {

/// `moved`: the same family, fitted as if the other estimate were one standard error elsewhere.
void widen(kernel::FittedLaw& law, const kernel::FittedLaw& moved, double level, double degrees);

/// All values were multiplied by what is known with that standard error of its logarithm.
void widen_by_factor(kernel::FittedLaw& law, double error_of_logarithm, double level, double degrees);

}  // namespace understudy::studies
