// Promised: a schedule where instants are regular, weekdays and clock changes included, and none where they are not. Shown on
// instants of each kind.
#include "tools/formats/catalogs/schedule_guess.h"

#include <doctest/doctest.h>

namespace understudy::formats {

namespace {

std::string guessed(const std::vector<std::int64_t>& seconds) {
    std::vector<NominalTime> times;
    for (const std::int64_t second : seconds) times.push_back({second * kernel::second});
    const auto schedule = regular_schedule(times);
    return schedule ? schedule->text : "none";
}

/// 2026-03-09T00:00Z, a Monday.
constexpr std::int64_t monday = 1773014400;

}  // namespace

TEST_CASE("instants of runs as a schedule") {
    const std::int64_t hour = 3600, day = 86400;
    CHECK(guessed({monday + 5 * hour, monday + day + 5 * hour, monday + 3 * day + 5 * hour}) ==
          "daily at 05:00");
    CHECK(guessed({monday + 900, monday + hour + 900, monday + 2 * hour + 900, monday + hour + 900}) ==
          "cron 15 * * * *");
    CHECK(guessed({monday, monday + 7 * day, monday + 14 * day}) == "mon at 00:00");
    CHECK(guessed({monday, monday + 900, monday + 2700}) == "every 15min");
    CHECK(guessed({monday, monday + 900}) == "none");
    CHECK(guessed({monday, monday + 900, monday + 2000}) == "none");
    CHECK(guessed({monday, monday + 1, monday + 2}) == "none");
    CHECK(guessed({}) == "none");
}

TEST_CASE("weekdays and days of the month") {
    const std::int64_t hour = 3600, day = 86400;
    std::vector<std::int64_t> weekdays, some, firsts;
    for (std::int64_t i = 0; i < 21; ++i) {
        if (i % 7 < 5) weekdays.push_back(monday + i * day + 3 * hour);
        if (i % 7 == 0 || i % 7 == 2 || i % 7 == 4) some.push_back(monday + i * day + 3 * hour + 300);
    }
    CHECK(guessed(weekdays) == "weekdays at 03:00");
    CHECK(guessed(some) == "cron 5 3 * * 1,3,5");
    // One that is missing is no other schedule; two weekends are.
    weekdays.erase(weekdays.begin() + 3);
    CHECK(guessed(weekdays) == "weekdays at 03:00");
    // 2026-03-01, 04-01, 05-01.
    for (const std::int64_t after : {-8, 23, 53}) firsts.push_back(monday + after * day + 4 * hour);
    CHECK(guessed(firsts) == "monthly at 04:00");
    for (std::int64_t& one : firsts) one += 14 * day;
    CHECK(guessed(firsts) == "cron 0 4 15 * *");
}

TEST_CASE("a run that somebody started, and clocks that are moved") {
    const std::int64_t hour = 3600, day = 86400;
    std::vector<std::int64_t> daily;
    for (std::int64_t i = 0; i < 10; ++i) daily.push_back(monday + i * day);
    daily.push_back(monday + 4 * day + 20017);
    CHECK(guessed(daily) == "daily at 00:00");
    for (std::int64_t i = 0; i < 3; ++i) daily.push_back(monday + i * day + 12345 + 1000 * i);
    CHECK(guessed(daily) == "none");
    // 03:00 in Berlin over 2026-03-29, with offsets and without.
    std::vector<NominalTime> berlin, utc;
    for (std::int64_t i = 0; i < 12; ++i) {
        const std::int64_t offset = i < 5 ? 1 : 2;
        const std::int64_t instant = (monday + (15 + i) * day + (3 - offset) * hour) * kernel::second;
        berlin.push_back({instant, offset * kernel::hour});
        utc.push_back({instant});
    }
    for (const auto& times : {berlin, utc}) {
        const auto schedule = regular_schedule(times);
        REQUIRE(schedule);
        CHECK(schedule->text == "daily at 01:00");
        CHECK(schedule->moves);
        CHECK(schedule->period == kernel::day);
    }
}

}  // namespace understudy::formats
