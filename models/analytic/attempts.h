// How often work is tried until it comes through or is given up, and how long an attempt takes where a timeout cuts it off.
//
// Of work that is drawn from one law the share that is cut off is exact, and the mean of what is left of it within a thousandth
// of the timeout. Pure, thread-safe.
#pragma once

#include <optional>

#include "models/scenario.h"

namespace understudy::models {

struct Attempts {
    double expected = 1;  ///< tries per item
    double success = 1;   ///< share of items that come through in the end
};

/// What a timeout cuts off of attempts.
struct CutOff {
    double share = 0;   ///< of the attempts
    double mean_s = 0;  ///< of what an attempt takes
};
/// Of attempts that do not fail by themselves. Nothing where there is no timeout, or where what it cuts off hangs on more
/// than one law.
std::optional<CutOff> cut_off(const Work& work);

/// Of an attempt whose work takes `mean_s` without its timeout, and `failed_s` where it fails; at most so long where more is
/// not known.
double mean_attempt(const Work& work, double mean_s, double failed_s);

Attempts attempts_of(const Work& work);

}  // namespace understudy::models
