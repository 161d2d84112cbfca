// Schedules: `once`, `every 15min`, `daily at 05:00 Europe/Berlin`, `cron 5 * * * *`, `each orders`, `updated
// orders`.
//
// Reading throws Fault; the zone, if named, must exist. Printing gives the canonical text: a cron pattern
// that a word says is printed as that word. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "models/schedule.h"

namespace understudy::formats {

models::Schedule read_schedule(std::string_view text);
std::string print_schedule(const models::Schedule& schedule);

}  // namespace understudy::formats
