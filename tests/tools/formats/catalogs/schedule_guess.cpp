// Promised: a schedule where instants are regular, weekdays and clock changes included, and none where they are not. Shown on
// instants of each kind.
#include "tools/formats/catalogs/schedule_guess.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

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
    CHECK(guessed({monday, monday + 900, monday + 9000}) == "none");
    CHECK(guessed({monday, monday + 900}) == "none");
    CHECK(guessed({monday, monday + 900, monday + 2000}) == "none");
    CHECK(guessed({monday, monday + 1, monday + 2}) == "none");
    CHECK(guessed({}) == "none");
}

TEST_CASE("times of a day, and where in a period runs are due") {
    const std::int64_t minute = 60, hour = 3600, day = 86400;
    const auto at = [&](std::int64_t days, const std::vector<std::int64_t>& times, bool weekends = true) {
        std::vector<std::int64_t> all;
        for (std::int64_t i = 0; i < days; ++i)
            for (const std::int64_t time : times)
                if (weekends || i % 7 < 5) all.push_back(monday + i * day + time);
        return all;
    };
    CHECK(guessed(at(7, {6 * hour, 18 * hour})) == "cron 0 6,18 * * *");
    CHECK(guessed(at(7, {0, 12 * hour})) == "every 12h");
    CHECK(guessed(at(3, {hour, 7 * hour, 13 * hour, 19 * hour})) == "cron 0 1,7,13,19 * * *");
    CHECK(guessed(at(7, {6 * hour, 9 * hour, 15 * hour})) == "cron 0 6,9,15 * * *");
    std::vector<std::int64_t> office, quarters, twentieth, odd;
    for (std::int64_t i = 9; i <= 17; ++i) office.push_back(i * hour);
    for (std::int64_t i = 9; i <= 17; ++i)
        for (const std::int64_t quarter : {0, 15, 30, 45}) quarters.push_back(i * hour + quarter * minute);
    for (std::int64_t i = 0; i < 72; ++i) twentieth.push_back(i * 20 * minute + 5 * minute);
    for (std::int64_t i = 0; i < 20; ++i) odd.push_back(monday + i * 7 * hour + 2 * hour);
    CHECK(guessed(at(14, office, false)) == "cron 0 9-17 * * 1-5");
    CHECK(guessed(at(14, quarters, false)) == "cron 0,15,30,45 9-17 * * 1-5");
    CHECK(guessed(at(2, twentieth)) == "cron 5,25,45 * * * *");
    CHECK(guessed(odd) == "every 7h");
    // One run that is missing is no other schedule, and times that are nowhere twice are none.
    std::vector<std::int64_t> once = at(14, office, false);
    once.erase(once.begin() + 20);
    CHECK(guessed(once) == "cron 0 9-17 * * 1-5");
    CHECK(guessed({monday, monday + 7 * hour, monday + day + 2 * hour, monday + day + 23 * hour}) == "none");
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

TEST_CASE("a schedule as runs began, some time after they were due") {
    const std::int64_t minute = 60, hour = 3600, day = 86400;
    const auto begun = [](const std::vector<std::int64_t>& seconds) {
        std::vector<std::int64_t> starts;
        for (const std::int64_t second : seconds) starts.push_back(second * kernel::second);
        const auto schedule = schedule_as_begun_at(starts);
        return schedule ? fmt::format("{} {}", schedule->text, schedule->late / kernel::second) : "none";
    };
    const auto each = [&](std::int64_t period, const std::vector<std::int64_t>& late) {
        std::vector<std::int64_t> all;
        for (std::size_t i = 0; i < late.size(); ++i)
            all.push_back(monday + 5 * hour + static_cast<std::int64_t>(i) * period + late[i]);
        return begun(all);
    };
    CHECK(each(day, {0, 0, 0, 0, 0}) == "daily at 05:00 0");
    CHECK(each(day, {3, 41, 12, 8, 22}) == "daily at 05:00 41");
    CHECK(each(day, {110, 41, 130, 70, 220}) == "daily at 05:00 220");
    CHECK(each(day, {110, 41, 430, 770, 220}) == "daily at 05:00 770");
    CHECK(each(15 * minute, {3, 41, 12, 8, 22}) == "every 15min 41");
    // As late as that, what is due every quarter of an hour cannot be told.
    CHECK(each(15 * minute, {110, 41, 130, 70, 220}) == "none");
    CHECK(each(5 * minute, {3, 41, 12, 8, 22}) == "none");
    CHECK(each(day, {0, 0, 0, 0}) == "none");
    CHECK(each(day, {0, 3000, 9000, 500, 7000, 12000}) == "none");
}

}  // namespace understudy::formats
