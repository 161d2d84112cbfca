// Rows of the compiled model refer to each other by index.
#pragma once

#include <cstdint>

namespace understudy::models {

using Index = std::uint32_t;
inline constexpr Index none = UINT32_MAX;

}  // namespace understudy::models
