#include "models/schedule.h"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace understudy::models {

namespace {

using Nanoseconds = std::chrono::nanoseconds;

/// The first instant of a local time: after the gap if the zone skips it, the earlier one if the zone doubles
/// it.
std::int64_t to_utc(const date::time_zone& zone, std::int64_t local_ns) {
    const date::local_time<Nanoseconds> local{Nanoseconds(local_ns)};
    const date::local_info info = zone.get_info(local);
    if (info.result == date::local_info::nonexistent)
        return std::chrono::duration_cast<Nanoseconds>(info.first.end.time_since_epoch()).count();
    return local_ns - std::chrono::duration_cast<Nanoseconds>(info.first.offset).count();
}

std::int64_t to_local(const date::time_zone& zone, std::int64_t utc_ns) {
    const date::sys_info info = zone.get_info(date::sys_time<Nanoseconds>{Nanoseconds(utc_ns)});
    return utc_ns + std::chrono::duration_cast<Nanoseconds>(info.offset).count();
}

std::int64_t floor_day(std::int64_t ns) {
    return ns >= 0 ? ns / kernel::day : -((-ns + kernel::day - 1) / kernel::day);
}

bool day_matches(const CalendarPattern& pattern, std::int64_t day) {
    const date::sys_days days{date::days(day)};
    const date::year_month_day date{days};
    const unsigned weekday = date::weekday(days).c_encoding();
    if ((pattern.months >> static_cast<unsigned>(date.month()) & 1u) == 0) return false;
    const bool of_month = (pattern.days_of_month >> static_cast<unsigned>(date.day()) & 1u) != 0;
    const bool of_week = (pattern.days_of_week >> weekday & 1u) != 0;
    return pattern.either_day ? of_month || of_week : of_month && of_week;
}

}  // namespace

Calendar::Calendar(LocalInstant start, const std::string& zone)
    : zone_(zone), start_utc_ns_(to_utc(*date::locate_zone(zone), start.ns)) {}

LocalInstant local_time(std::int64_t utc_ns, const std::string& zone) {
    return {to_local(*date::locate_zone(zone), utc_ns)};
}

bool is_daily_everywhere(const Schedule& schedule, const std::string& zone_of_scenario) {
    const CalendarPattern& p = schedule.pattern;
    const std::string& zone = schedule.zone.empty() ? zone_of_scenario : schedule.zone;
    return schedule.kind == Schedule::Kind::calendar && zone == "UTC" && p.days_of_month == 0xFFFFFFFEu &&
           p.months == 0x1FFE && p.days_of_week == 0x7F;
}

bool Calendar::zone_exists(const std::string& zone) {
    try {
        return date::locate_zone(zone) != nullptr;
    } catch (const std::runtime_error&) {
        return false;
    }
}

std::vector<kernel::Time> Calendar::instants(const Schedule& schedule, kernel::Time end) const {
    std::vector<kernel::Time> result;
    if (end <= 0) return result;
    switch (schedule.kind) {
        case Schedule::Kind::each:
        case Schedule::Kind::updated: return result;
        case Schedule::Kind::once: result.push_back(0); return result;
        case Schedule::Kind::every:
            if (schedule.period <= 0) throw std::invalid_argument("a schedule of period 0 has no instants");
            for (kernel::Time t = 0; t < end; t = kernel::later(t, schedule.period)) result.push_back(t);
            return result;
        case Schedule::Kind::calendar: break;
    }
    const date::time_zone& zone = *date::locate_zone(schedule.zone.empty() ? zone_ : schedule.zone);
    const kernel::Time last = end > kernel::never - start_utc_ns_ ? kernel::never : start_utc_ns_ + end;
    // A day more at both ends: the offset moves local days by less than one.
    const std::int64_t first_day = floor_day(start_utc_ns_) - 1, last_day = floor_day(last) + 1;
    for (std::int64_t day = first_day; day <= last_day; ++day) {
        if (!day_matches(schedule.pattern, day)) continue;
        for (unsigned hour = 0; hour < 24; ++hour) {
            if ((schedule.pattern.hours >> hour & 1u) == 0) continue;
            for (unsigned minute = 0; minute < 60; ++minute) {
                if ((schedule.pattern.minutes >> minute & 1u) == 0) continue;
                const kernel::Time t =
                    to_utc(zone, day * kernel::day + hour * kernel::hour + minute * kernel::minute) -
                    start_utc_ns_;
                if (t >= 0 && t < end) result.push_back(t);
            }
        }
    }
    // Several local times inside one gap all become its end.
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

kernel::Time Calendar::on_day_of(kernel::Time instant, std::int64_t time_of_day) const {
    const date::time_zone& zone = *date::locate_zone(zone_);
    const std::int64_t day = floor_day(to_local(zone, start_utc_ns_ + instant));
    return to_utc(zone, day * kernel::day + time_of_day) - start_utc_ns_;
}

kernel::Time Calendar::instant_of(LocalInstant local) const {
    return to_utc(*date::locate_zone(zone_), local.ns) - start_utc_ns_;
}

std::string Calendar::text(kernel::Time instant) const {
    const date::zoned_time zoned(
        date::locate_zone(zone_),
        date::floor<std::chrono::seconds>(date::sys_time<Nanoseconds>{Nanoseconds(start_utc_ns_ + instant)}));
    return date::format("%FT%T%Ez", zoned);
}

}  // namespace understudy::models
