// Promised: durations, instants and sizes as logs write them; what is none is none. Shown value by value.
#include "tools/formats/logs/log_values.h"

#include <doctest/doctest.h>

namespace understudy::formats {

using namespace kernel;

TEST_CASE("durations: numbers of a unit, text, clocks") {
    CHECK(log_duration("1500", millisecond) == 1500 * millisecond);
    CHECK(log_duration("1.5", second) == 1500 * millisecond);
    CHECK(log_duration("2h 5m", millisecond) == 2 * hour + 5 * minute);
    CHECK(log_duration("1d 3h 2m 1s", millisecond) == day + 3 * hour + 2 * minute + second);
    CHECK(log_duration("5.8s", millisecond) == 5800 * millisecond);
    CHECK(log_duration("866ms", millisecond) == 866 * millisecond);
    CHECK(log_duration(" 3 min ", second) == 3 * minute);
    CHECK(log_duration("00:02:05.5", second) == 2 * minute + 5500 * millisecond);
    CHECK(log_duration("0", second) == 0);
    for (const char* none : {"", "-", "5 apples", "-3", "h", "1h-", "nan", "inf", "1:2:3:4", "9e300", "3:x"})
        CHECK_FALSE(log_duration(none, second));
}

TEST_CASE("sizes: powers of 1024") {
    CHECK(log_size("1024") == 1024);
    CHECK(log_size("1.5 GB") == 1610612736);
    CHECK(log_size("512MB") == 536870912);
    CHECK(log_size("2 KiB") == 2048);
    CHECK(log_size("16G") == 17179869184);
    CHECK(log_size("7 B") == 7);
    for (const char* none : {"", "-", "-1", "GB", "3 bananas", "1e30", "5 GBx"}) CHECK_FALSE(log_size(none));
}

TEST_CASE("numbers, with percent") {
    CHECK(log_number("53.8%") == 53.8);
    CHECK(log_number("12") == 12);
    CHECK_FALSE(log_number("12 apples"));
    CHECK_FALSE(log_number("-"));
}

TEST_CASE("instants: dates with and without zone") {
    const std::int64_t noon = 1714564800LL * second;  // 2024-05-01T12:00:00Z
    CHECK(log_instant("2024-05-01T12:00:00Z", 0) == noon);
    CHECK(log_instant("2024-05-01 12:00:00", 0) == noon);
    CHECK(log_instant("2024-05-01 12:00:00.250", 0) == noon + 250 * millisecond);
    CHECK(log_instant("2024-05-01T14:00:00+02:00", 0) == noon);
    CHECK(log_instant("2024-05-01T07:30:00-0430", 0) == noon);
    CHECK(log_instant("20240501T120000Z", 0) == noon);
    CHECK(log_instant("2024-05-01", 0) == noon - 12 * hour);
    CHECK(log_instant("2024-02-29 00:00:00", 0) == 1709164800LL * second);
    CHECK(log_instant("2024-05-01T24:00", 0) == noon + 12 * hour);
    for (const char* none : {"2024-13-01", "2024-02-31", "2023-02-29", "2024-04-31T10:00", "2024-05-01 24:59",
                             "2024-05-01 25:00:00", "2024-05-01T12:00:00 PST", "yesterday", "-", ""})
        CHECK_FALSE(log_instant(none, 0));
}

TEST_CASE("instants: numbers, exact, their unit by size where none is given") {
    CHECK(log_instant("1702301851611", millisecond) == 1702301851611LL * millisecond);
    CHECK(log_instant("1702301851", 0) == 1702301851LL * second);
    CHECK(log_instant("1702301851611", 0) == 1702301851611LL * millisecond);
    CHECK(log_instant("1702301851611123", 0) == 1702301851611123LL * microsecond);
    CHECK(log_instant("1702301851611123456", 0) == 1702301851611123456LL);
    CHECK(log_instant("12.5", 0) == 12500 * millisecond);
    CHECK(date_instant("2024-05-01") == log_instant("2024-05-01", 0));
    CHECK_FALSE(date_instant("1702301851611").has_value());
    CHECK_FALSE(log_instant("99999999999999999999", second));
}

TEST_CASE("notes of the same text are one, with the first line") {
    NoteList notes;
    notes.add("odd", 7);
    notes.add("other", 8);
    notes.add("odd", 9);
    const auto taken = notes.take();
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].text == "odd");
    CHECK(taken[0].count == 2);
    CHECK(taken[0].first_line == 7);
    CHECK(notes.take().empty());
}

}  // namespace understudy::formats
