// Arrivals that come at set times of the day, as loads of a night or of a morning do: the part of calibrate_arrivals.h for
// clocks with more than an even beat.
//
// Of whole local days: as many arrivals each day, at most a tenth of the days with others, each within a twentieth of the
// usual distance of its time; on Saturdays and Sundays as many, or none. In a twin each time has a window of equal length in
// a profile, in which just one interval goes by. Internal to tools/studies; pure.
#pragma once

#include <optional>
#include <vector>

#include "kernel/time.h"
#include "models/scenario.h"
#include "tools/studies/seen_load.h"

namespace understudy::studies {

struct SetTimes {
    std::vector<kernel::Time> of_day;  ///< since midnight, ascending
    kernel::Time spread = 0;           ///< so far from each other were those of one time at most
    bool weekdays_only = false;
    std::int64_t days = 0, other_days = 0;  ///< that were looked at; that had another number
};

/// Nothing without dates, or where there are no such times.
std::optional<SetTimes> set_times_of(const models::Run& clock, const std::vector<LogOfLoad>& logs);

/// How a load comes at them: one arrival each `interval` of the profile's time, the first `first` after `start`.
struct ByProfile {
    models::Profile profile;  ///< without a name
    kernel::Time interval = 0, first = 0;
};
/// `start`: local, when the run begins.
ByProfile profile_of(const SetTimes& times, models::LocalInstant start);

}  // namespace understudy::studies
