// The schedule that instants of runs look like: for lineage that has nominal times and no schedule, or not even those.
//
// - Instants that are all a whole number of one period of a minute or more apart, to the second, follow that period, unless
//   more runs are missing than there are; on the clock, where it divides a day.
// - Instants at the same times of each day, or of each day of some weekdays, with one in ten missing at most, follow those.
// - Of instants at one time of day, the weekdays: where each that is seen is seen twice or more and hardly a day of them is
//   missing (one in ten), the others are not in the schedule. On one day of the month, the month.
// - Where up to one in five is at no time of a schedule that five or more follow, those are runs that somebody started.
// - A time of day that moves by an hour, once or with what was written behind the times ("+01:00"), is that of a clock on the
//   wall. Which zone it hangs in no instant tells: the schedule is that of the newest instants, in UTC.
//
// - A run that began is late by what starts it: starts are looked at to the second, then as if due at the last whole minute,
//   five and fifteen minutes. A period is at least twelve times as long as what runs may be late by.
//
// Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"

namespace understudy::formats {

struct NominalTime {
    std::int64_t instant = 0;  ///< ns since 1970 in UTC
    kernel::Time offset = 0;   ///< of the clock that it was written by, to UTC
    auto operator<=>(const NominalTime&) const = default;
};

struct GuessedSchedule {
    std::string text;         ///< as the language has it: "daily at 05:00", "cron 15 * * * *", "every 15min"
    kernel::Time period = 0;  ///< the shortest distance of two runs
    std::int64_t first = 0;   ///< the first instant that follows it
    std::size_t outside = 0;  ///< instants that do not
    bool moves = false;       ///< with a clock on the wall
    kernel::Time late = 0;    ///< at most, of starts of runs behind when they were due
    /// A period that divides no day: where in it runs were due, `text` does not say.
    bool phase_is_lost = false;
};

/// None where fewer than three different instants follow one.
std::optional<GuessedSchedule> regular_schedule(std::vector<NominalTime> times);

inline constexpr std::size_t fewest_starts = 5;
/// The same of runs that began then, by the newest ten thousand; none where fewer than five follow one.
std::optional<GuessedSchedule> schedule_as_begun_at(std::vector<std::int64_t> starts);

}  // namespace understudy::formats
