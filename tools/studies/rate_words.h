// Numbers, rates and spans as sentences of a calibration have them.
//
// Pure functions, thread-safe.
#pragma once

#include <string>

#include "kernel/time.h"

namespace understudy::studies {

/// With two digits that count.
std::string two_digits(double value);
/// "1.5/s", "20/h", "3/d": in the finest of these in which it is at least one.
std::string rate_in_words(double per_s);
/// "90 s", "15 min", "36 h", "12 days".
std::string span_in_words(double seconds);
std::string seconds_or_minutes(kernel::Time time);

}  // namespace understudy::studies
