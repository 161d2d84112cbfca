// An attempt that failed, as a tag of the task that stands for it in the twin of a recorded run: "failed-attempt".
//
// Replay makes a task of each attempt, for each held its resources. Whether one failed changes no run of the twin, so it is
// kept where calibration finds it: in a repeat of the same workflow an attempt need not fail again. Pure, thread-safe.
#pragma once

#include <algorithm>
#include <string_view>

#include "models/scenario.h"

namespace understudy::studies {

inline constexpr std::string_view failed_attempt_tag = "failed-attempt";

inline bool is_failed_attempt(const models::Description& description) {
    return std::find(description.tags.begin(), description.tags.end(), failed_attempt_tag) !=
           description.tags.end();
}

}  // namespace understudy::studies
