// Promised: schedules are read into their pattern, refused with what to write, and printed as one would write
// them. Shown: the forms of the reference, refusals, canonical round trips of known and random patterns.
#include "tools/formats/language/schedules.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

#include "tools/formats/language/fault.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

std::string fault_of(const std::string& text) {
    try {
        read_schedule(text);
        return "";
    } catch (const Fault& fault) {
        return std::to_string(fault.offset) + ": " + fault.what() +
               (fault.hint.empty() ? "" : "; " + fault.hint);
    }
}

}  // namespace

TEST_CASE("the forms of the reference") {
    using Kind = models::Schedule::Kind;
    CHECK(read_schedule("once").kind == Kind::once);
    CHECK(read_schedule("every 15min").period == 15 * kernel::minute);
    CHECK(read_schedule("each orders").name == "orders");
    CHECK(read_schedule("updated db.public.orders").kind == Kind::updated);
    const auto daily = read_schedule("daily at 05:30 Europe/Berlin");
    CHECK(daily.kind == Kind::calendar);
    CHECK(daily.pattern.hours == 1u << 5);
    CHECK(daily.pattern.minutes == 1ULL << 30);
    CHECK(daily.pattern.days_of_week == 0x7F);
    CHECK(daily.zone == "Europe/Berlin");
    CHECK(read_schedule("weekdays at 05:00").pattern.days_of_week == 0x3E);
    CHECK(read_schedule("sun at 03:00").pattern.days_of_week == 1);
    CHECK(read_schedule("monthly at 03:00").pattern.days_of_month == 2);
    const auto cron = read_schedule("cron */15 8-18/2 1,15 jan-mar mon-fri UTC");
    CHECK(cron.pattern.minutes == ((1ULL << 0) | (1ULL << 15) | (1ULL << 30) | (1ULL << 45)));
    CHECK(cron.pattern.hours == ((1u << 8) | (1u << 10) | (1u << 12) | (1u << 14) | (1u << 16) | (1u << 18)));
    CHECK(cron.pattern.days_of_month == ((1u << 1) | (1u << 15)));
    CHECK(cron.pattern.months == 0xE);
    CHECK(cron.pattern.days_of_week == 0x3E);
    CHECK(cron.pattern.either_day);
    CHECK(cron.zone == "UTC");
    CHECK(read_schedule("cron 0 0 * * 7").pattern.days_of_week == 1);
    CHECK(read_schedule("cron 0 0 * * 5-7").pattern.days_of_week == ((1 << 5) | (1 << 6) | 1));
    CHECK_FALSE(read_schedule("cron 0 0 */2 * mon").pattern.either_day);
    CHECK(read_schedule("cron 5/20 * * * *").pattern.minutes == ((1ULL << 5) | (1ULL << 25) | (1ULL << 45)));
}

TEST_CASE("refusals help") {
    const struct {
        const char *text, *part;
    } table[] = {{"hourly", "'every 1h'"},
                 {"@daily", "'daily at 00:00'"},
                 {"5 * * * *", "'cron 5 * * * *'"},
                 {"15min", "'every 15min'"},
                 {"daily", "'at' is missing"},
                 {"daily at 5:00", "9: '5:00' is not a time of day; write '05:00'"},
                 {"daily at 25:00", "00:00 to 23:59"},
                 {"daily at 05:00 Berlin", "15: unknown time zone"},
                 {"monday at 05:00", "'mon at 05:00'"},
                 {"dayly at 05:00", "did you mean 'daily'?"},
                 {"every 0s", "never lets time pass"},
                 {"every 15", "'15s'"},
                 {"every", "a duration is missing"},
                 {"cron 61 * * * *", "5: '61' is no minute"},
                 {"cron 5-1 * * * *", "smaller first"},
                 {"cron */0 * * * *", "no minute"},
                 {"cron 1,,2 * * * *", "no minute"},
                 {"cron * * * *", "five fields"},
                 {"cron 0 0 30 2 *", "never run"},
                 {"cron 0 0 * * * Mars/Base", "unknown time zone"},
                 {"once now", "left over"},
                 {"each", "a stream is missing"},
                 {"", "missing"},
                 {"(", "not a schedule"}};
    for (const auto& row : table) {
        CAPTURE(row.text);
        const std::string fault = fault_of(row.text);
        CAPTURE(fault);
        CHECK(fault.find(row.part) != std::string::npos);
    }
}

TEST_CASE("canonical text") {
    for (const char* text :
         {"once", "every 15min", "every 90s", "each orders", "updated orders", "daily at 05:30 Europe/Berlin",
          "weekdays at 05:00", "sun at 03:00", "monthly at 00:00", "cron 5 * * * *",
          "cron 0 8-18 * * 1-5 UTC", "cron 0 0 1,15 * 1", "cron 0,15,30,45 * * 1-3 *"}) {
        CAPTURE(text);
        CHECK(print_schedule(read_schedule(text)) == text);
    }
    CHECK(print_schedule(read_schedule("cron 30 5 * * *")) == "daily at 05:30");
    CHECK(print_schedule(read_schedule("cron */20 * * * mon,tue,wed")) == "cron 0,20,40 * * * 1-3");
}

TEST_CASE("random patterns read back") {
    const bool good = rc::check("round trip", [] {
        models::Schedule schedule;
        schedule.kind = models::Schedule::Kind::calendar;
        auto& p = schedule.pattern;
        p.minutes = *rc::gen::inRange<std::uint64_t>(1, 1ULL << 60);
        p.hours = *rc::gen::inRange<std::uint32_t>(1, 1u << 24);
        p.days_of_month = *rc::gen::element<std::uint32_t>(0xFFFFFFFEu, 2, 0x8002, 0x0FF0);
        p.months = static_cast<std::uint16_t>(*rc::gen::inRange(1, 1 << 12) << 1);
        p.days_of_week = static_cast<std::uint8_t>(*rc::gen::inRange(1, 128));
        p.either_day = p.days_of_month != 0xFFFFFFFEu && p.days_of_week != 0x7F;
        const auto again = read_schedule(print_schedule(schedule)).pattern;
        RC_ASSERT(again.minutes == p.minutes);
        RC_ASSERT(again.hours == p.hours);
        RC_ASSERT(again.days_of_month == p.days_of_month);
        RC_ASSERT(again.months == p.months);
        RC_ASSERT(again.days_of_week == p.days_of_week);
        RC_ASSERT(again.either_day == p.either_day);
    });
    CHECK(good);
}

TEST_CASE("no string makes the reader do anything but read or refuse") {
    const bool good = rc::check("random pieces", [] {
        const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "cron", "*", "*/5", "1-5", "daily", "at", "05:00", "mon", "UTC", "every", "15min", "each", "x",
            ",", "(", "7", "1,2,", "-", "99999999999", "/"));
        std::string text;
        for (const std::string& piece : pieces) text += piece + " ";
        try {
            read_schedule(text);
        } catch (const Fault& fault) {
            RC_ASSERT(fault.offset <= text.size());
        }
    });
    CHECK(good);
}
