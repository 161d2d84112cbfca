// How many of some stretches of time go on at once, at most. Pure, thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "kernel/time.h"

namespace understudy::studies {

/// From begin to end; at one instant ends come before begins, so that a stretch without length counts for nothing.
inline std::int64_t most_at_once(const std::vector<std::pair<kernel::Time, kernel::Time>>& stretches) {
    std::vector<std::pair<kernel::Time, int>> changes;
    for (const auto& [begin, end] : stretches) {
        if (begin == end) continue;
        changes.emplace_back(begin, 1);
        changes.emplace_back(end, -1);
    }
    std::sort(changes.begin(), changes.end());
    std::int64_t now = 0, most = 0;
    for (const auto& [at, by] : changes) most = std::max(most, now += by);
    return most;
}

}  // namespace understudy::studies
