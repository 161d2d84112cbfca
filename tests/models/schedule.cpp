// Promised: schedules become instants by the local calendar: a local time that is skipped runs at the first
// instant after the gap, one that is doubled runs once, at the first; nothing runs before the start or at the
// end or after. Shown: Europe/Berlin around 2026-03-29 (02:00 to 03:00 is skipped) and 2026-10-25 (02:00 to
// 03:00 comes twice), other zones, month ends, cron's days, all against instants worked out by hand.
#include "models/schedule.h"

#include <doctest/doctest.h>

#include <vector>

#include "kernel/time.h"

using namespace understudy;
using namespace understudy::models;
using kernel::day;
using kernel::hour;
using kernel::minute;

namespace {

/// Days since 1970 of a date (civil calendar).
std::int64_t days(int year, int month, int date) {
    const int y = year - (month <= 2 ? 1 : 0), era = y / 400, yoe = y - era * 400;
    const int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1,
              doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return std::int64_t{era} * 146097 + doe - 719468;
}

LocalInstant local(int year, int month, int date, int h = 0, int m = 0) {
    return {days(year, month, date) * day + h * hour + m * minute};
}

Schedule at(int h, int m) {
    Schedule schedule;
    schedule.kind = Schedule::Kind::calendar;
    schedule.pattern.minutes = 1ULL << m;
    schedule.pattern.hours = 1u << h;
    schedule.pattern.days_of_month = 0xFFFFFFFEu;
    schedule.pattern.months = 0x1FFE;
    schedule.pattern.days_of_week = 0x7F;
    return schedule;
}

using Instants = std::vector<kernel::Time>;

}  // namespace

TEST_CASE("once and every") {
    const Calendar calendar(local(2026, 1, 1), "UTC");
    Schedule schedule;
    CHECK(calendar.instants(schedule, hour) == Instants{0});
    CHECK(calendar.instants(schedule, 0).empty());
    schedule.kind = Schedule::Kind::every;
    schedule.period = 20 * minute;
    CHECK(calendar.instants(schedule, hour) == Instants{0, 20 * minute, 40 * minute});
    schedule.kind = Schedule::Kind::each;
    CHECK(calendar.instants(schedule, hour).empty());
}

TEST_CASE("daily in a zone without changes") {
    const Calendar calendar(local(2026, 3, 9, 6), "UTC");
    CHECK(calendar.instants(at(5, 0), 2 * day) == Instants{23 * hour, 47 * hour});
    CHECK(calendar.instants(at(6, 0), day) == Instants{0});
}

TEST_CASE("a skipped local time runs at the first instant after the gap") {
    const Calendar calendar(local(2026, 3, 28), "Europe/Berlin");
    // 02:30 on the 29th does not exist; 03:00 summer time is 26 h after the start (the night has 25 - 1
    // hours).
    CHECK(calendar.instants(at(2, 30), 3 * day) ==
          Instants{2 * hour + 30 * minute, 26 * hour, 49 * hour + 30 * minute});
    // 05:00 stays 05:00 on the wall: one hour less has passed.
    CHECK(calendar.instants(at(5, 0), 3 * day) == Instants{5 * hour, 28 * hour, 52 * hour});
    CHECK(calendar.text(26 * hour) == "2026-03-29T03:00:00+02:00");
    // Every local time within the gap becomes one and the same instant, which 03:00 is as well.
    Schedule quarters = at(2, 0);
    quarters.pattern.minutes = (1ULL << 0) | (1ULL << 15) | (1ULL << 30) | (1ULL << 45);
    quarters.pattern.hours = (1u << 2) | (1u << 3);
    const Calendar sunday(local(2026, 3, 29), "Europe/Berlin");
    CHECK(sunday.instants(quarters, 20 * hour) ==
          Instants{2 * hour, 2 * hour + 15 * minute, 2 * hour + 30 * minute, 2 * hour + 45 * minute});
}

TEST_CASE("a doubled local time runs once, at the first") {
    const Calendar calendar(local(2026, 10, 24), "Europe/Berlin");
    CHECK(calendar.instants(at(2, 30), 3 * day) ==
          Instants{2 * hour + 30 * minute, 26 * hour + 30 * minute, 51 * hour + 30 * minute});
    CHECK(calendar.text(26 * hour + 30 * minute) == "2026-10-25T02:30:00+02:00");
    CHECK(calendar.text(27 * hour + 30 * minute) == "2026-10-25T02:30:00+01:00");
    CHECK(calendar.instants(at(5, 0), 3 * day) == Instants{5 * hour, 30 * hour, 54 * hour});
}

TEST_CASE("a start inside a gap or a doubled hour") {
    CHECK(Calendar(local(2026, 3, 29, 2, 30), "Europe/Berlin").text(0) == "2026-03-29T03:00:00+02:00");
    CHECK(Calendar(local(2026, 10, 25, 2, 30), "Europe/Berlin").text(0) == "2026-10-25T02:30:00+02:00");
}

TEST_CASE("a schedule may have a zone of its own") {
    const Calendar calendar(local(2026, 1, 1), "UTC");
    Schedule tokyo = at(9, 0);
    tokyo.zone = "Asia/Tokyo";
    CHECK(calendar.instants(tokyo, 2 * day) == Instants{0, day});
    Schedule new_york = at(22, 0);
    new_york.zone = "America/New_York";
    CHECK(calendar.instants(new_york, 2 * day) == Instants{3 * hour, 27 * hour});
    // Fourteen hours ahead: the local day is another one.
    Schedule kiritimati = at(14, 0);
    kiritimati.zone = "Pacific/Kiritimati";
    CHECK(calendar.instants(kiritimati, day) == Instants{0});
}

TEST_CASE("days of cron") {
    const Calendar calendar(local(2026, 1, 1), "UTC");  // a Thursday
    Schedule monthly = at(0, 0);
    monthly.pattern.days_of_month = 1u << 31;
    CHECK(calendar.instants(monthly, 100 * day) == Instants{30 * day, 89 * day});  // 31 January, 31 March
    Schedule mondays = at(0, 0);
    mondays.pattern.days_of_week = 1u << 1;
    CHECK(calendar.instants(mondays, 14 * day) == Instants{4 * day, 11 * day});
    Schedule either = mondays;
    either.pattern.days_of_month = 1u << 2;
    either.pattern.either_day = true;
    CHECK(calendar.instants(either, 10 * day) == Instants{day, 4 * day});
    either.pattern.either_day = false;
    CHECK(calendar.instants(either, 10 * day).empty());
    Schedule leap = at(0, 0);
    leap.pattern.days_of_month = 1u << 29;
    leap.pattern.months = 1u << 2;
    CHECK(calendar.instants(leap, 3 * 365 * day) == Instants{(days(2028, 2, 29) - days(2026, 1, 1)) * day});
}

TEST_CASE("a time of day on the day of an instant") {
    const Calendar calendar(local(2026, 3, 28), "Europe/Berlin");
    CHECK(calendar.on_day_of(5 * hour, 6 * hour + 45 * minute) == 6 * hour + 45 * minute);
    CHECK(calendar.on_day_of(28 * hour, 6 * hour) == 29 * hour);
    CHECK(calendar.on_day_of(28 * hour, 2 * hour + 30 * minute) == 26 * hour);
    CHECK(calendar.on_day_of(23 * hour + 59 * minute, 0) == 0);
}

TEST_CASE("zones") {
    CHECK(Calendar::zone_exists("Europe/Berlin"));
    CHECK(Calendar::zone_exists("UTC"));
    CHECK_FALSE(Calendar::zone_exists("Europe/Berlim"));
    CHECK_FALSE(Calendar::zone_exists(""));
    CHECK_FALSE(Calendar::zone_exists("../../etc/passwd"));
}

TEST_CASE("local time goes by the zone, through its summer") {
    const std::int64_t winter = days(2026, 3, 28) * day + 12 * hour,
                       summer = days(2026, 3, 29) * day + 12 * hour;
    CHECK(local_time(winter, "UTC").ns == winter);
    CHECK(local_time(winter, "Europe/Berlin").ns == winter + hour);
    CHECK(local_time(summer, "Europe/Berlin").ns == summer + 2 * hour);
    CHECK(local_time(summer, "Asia/Kolkata").ns == summer + 5 * hour + 30 * minute);
}
