// The two values that are no numbers, by name.
#pragma once

#include <limits>

namespace understudy::kernel {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace understudy::kernel
