// Fisher's law of the ratio of two variances (1924), for analyses of variance. Pure.
#pragma once

#include "kernel/special_functions.h"

namespace understudy::studies {

/// P(F > f) of Fisher's law.
inline double fisher_survival(double f, double above, double below) {
    const double x = below / (below + above * f);
    return kernel::beta_cdf(0.5 * below, 0.5 * above, x, 1 - x);
}

}  // namespace understudy::studies
