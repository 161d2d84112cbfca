// Schedules as others write them (cron with its presets, in a zone) in the language's words.
//
// Pure function, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kernel/time.h"
#include "models/schedule.h"

namespace understudy::formats {

struct WrittenSchedule {
    std::string text;  ///< as the language has it: "daily at 05:00 Europe/Berlin"
    kernel::Time period =
        0;  ///< the shortest distance of two runs within a year by the clock; a year where there is but one
};

/// Of two runs within a year by the clock of the schedule's zone; a year where there is but one.
kernel::Time shortest_distance(models::Schedule schedule);

/// Of "0 5 * * *", "@hourly" and the like; none where the language has no words for it. `zone`: an IANA name; empty: UTC.
std::optional<WrittenSchedule> schedule_of_cron(std::string_view cron, const std::string& zone = "");

}  // namespace understudy::formats
