// Promised: a schedule where instants are regular, and none where they are not. Shown on instants of each kind.
#include "tools/formats/catalogs/schedule_guess.h"

#include <doctest/doctest.h>

namespace understudy::formats {

namespace {

std::string guessed(const std::vector<std::int64_t>& seconds) {
    std::vector<std::int64_t> instants;
    for (const std::int64_t second : seconds) instants.push_back(second * kernel::second);
    const auto schedule = regular_schedule(instants);
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

}  // namespace understudy::formats
