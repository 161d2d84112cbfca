// How many users a multiple of a load of users is. Values only.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace understudy::models {

/// At least one.
inline std::int64_t multiple_of_users(std::int64_t users, double factor) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(users) * factor));
}

}  // namespace understudy::models
