// What a value that is known exactly says of a limit. Internal to tools/studies.
//
// A formula comes to its value up to rounding, and a limit is often the value itself, as 70 percent is of workers that are
// offered 7/s and do 10/s: then rounding must not decide, and one at most the limit is kept, one below it is not. Pure.
#pragma once

#include <cmath>

#include "models/measure.h"
#include "tools/studies/judge.h"

namespace understudy::studies {

/// Whether rounding alone may lie between them.
inline bool is_limit(double value, double limit) {
    constexpr double rounding = 1e-9;
    return std::fabs(value - limit) <= rounding * std::fabs(value);
}
/// holds(), of a value that is taken for the limit where it is.
inline bool holds_exactly(models::Comparison comparison, double value, double limit) {
    return holds(comparison, is_limit(value, limit) ? limit : value, limit);
}

}  // namespace understudy::studies
