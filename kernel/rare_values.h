// How much of what a law amounts to is in values that so many draws hardly see.
//
// What waits in line goes by the second moment of services (Pollaczek and Khinchine), and of a heavy tail a good part of it
// is in values rarer than any that a run has seen: its mean is then too low, and so are both ends of its interval.
#pragma once

#include "kernel/distribution.h"

namespace understudy::kernel {

/// The share of E[X^2] that is in values of which `draws` independent draws see fewer than three on average (with three,
/// one run in twenty sees none: Hanley and Lippman-Hand 1983). 0 to 1; 1 where E[X^2] is infinite or there are no more
/// than three draws, 0 for a constant. Of laws that are not negative. The same on any processor. Pure, thread-safe; some
/// thousand evaluations of the law.
double rare_share(const Distribution& law, double draws);

}  // namespace understudy::kernel
