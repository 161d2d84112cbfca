// The schedule that instants of runs look like: for lineage that has nominal times and no schedule.
//
// Pure function, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"

namespace understudy::formats {

struct GuessedSchedule {
    std::string text;         ///< as the language has it: "daily at 05:00", "cron 15 * * * *", "every 15min"
    kernel::Time period = 0;  ///< the shortest distance of two runs
};

/// `instants`: nanoseconds since 1970 in UTC. Three different ones at least, all a whole number of one period of a minute
/// or more apart (runs may be missing), to the second; else none.
std::optional<GuessedSchedule> regular_schedule(std::vector<std::int64_t> instants);

}  // namespace understudy::formats
