// Promised: quantities are read exactly as written, in every spelling of the reference and in no other; what
// is refused says what to write instead; canonical text reads back to the same value. Shown: tables of
// spellings with their nanoseconds and bytes, tables of refusals with their hints, and random values printed
// and read again.
#include "tools/formats/language/values.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <string>

#include "models/scenario.h"
#include "tools/formats/language/decimal.h"
#include "tools/formats/language/fault.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

/// "message; hint" of the fault, or "" if there is none.
template <class Read>
std::string fault_of(Read&& read) {
    try {
        read();
        return "";
    } catch (const Fault& fault) {
        return std::string(fault.what()) + (fault.hint.empty() ? "" : "; " + fault.hint);
    }
}

bool holds(const std::string& name, const auto& property) {
    CAPTURE(name);
    const bool good = rc::check(name, property);
    CHECK(good);
    return good;
}

}  // namespace

TEST_CASE("durations are exact nanoseconds") {
    const struct {
        const char* text;
        kernel::Time ns;
    } table[] = {{"0.1s", 100000000},
                 {"30s", 30000000000},
                 {"1h30min", 5400000000000},
                 {"14d", 14 * kernel::day},
                 {"2w", 14 * kernel::day},
                 {"PT5M", 5 * kernel::minute},
                 {"P1DT2H", 26 * kernel::hour},
                 {"P2W", 14 * kernel::day},
                 {"PT0.5S", 500000000},
                 {"1d2h3min4s5ms6us7ns", 93784005006007},
                 {"0s", 0},
                 {"1.5h", 5400000000000},
                 {"0.3ms", 300000},
                 {"1e-3s", 1000000},
                 {"1e3s", 1000000000000},
                 {"0.0000000004s", 0},
                 {"0.0000000005s", 1},
                 {"9223372036854775807ns", INT64_MAX}};
    for (const auto& row : table) {
        CAPTURE(row.text);
        CHECK(read_duration(row.text) == row.ns);
    }
    CHECK(read_quantity("0.2222222222222222s").value == 0.2222222222222222);
    CHECK(read_quantity("50min").value == 3000.0);
    CHECK(read_quantity("0.35ms").value == 0.00035);
}

TEST_CASE("a duration over 2^63 ns is refused") {
    CHECK(fault_of([] { read_duration("9223372036854775808ns"); }).find("292 years") != std::string::npos);
    CHECK(fault_of([] { read_duration("106752d"); }).find("292 years") != std::string::npos);
    CHECK(read_duration("106751d") == 106751 * kernel::day);
    CHECK(fault_of([] { read_duration("1e300s"); }).find("292 years") != std::string::npos);
    CHECK_FALSE(fault_of([] { read_duration("1e999s"); }).empty());
}

TEST_CASE("sizes, rates, shares, money") {
    CHECK(read_quantity("6GiB").exact == 6LL << 30);
    CHECK(read_quantity("16Gi").exact == 16LL << 30);
    CHECK(read_quantity("1.5kB").exact == 1500);
    CHECK(read_quantity("400Mbit").exact == 50000000);
    CHECK(read_quantity("1bit").value == 0.125);
    CHECK(read_quantity("1PiB").exact == 1LL << 50);
    CHECK(read_quantity("90/h").value == 90.0 / 3600);
    CHECK(read_quantity("90/h").dimension == Dimension::rate);
    CHECK(read_quantity("1Gbit/s").dimension == Dimension::bandwidth);
    CHECK(read_quantity("1Gbit/s").value == 125e6);
    CHECK(read_quantity("4EUR/h").dimension == Dimension::cost);
    CHECK(read_quantity("4EUR/h").currency == "EUR");
    CHECK(read_quantity("0.09EUR/GB").dimension == Dimension::price);
    CHECK(read_quantity("0.4%").value == 0.004);
    CHECK(read_quantity("88.72983346207417%").value == 0.8872983346207417);
    CHECK(read_quantity("1.5x").dimension == Dimension::factor);
    CHECK(read_quantity("12").whole);
    CHECK(read_count("unlimited", true) == models::unlimited);
    CHECK(read_range("2..20").high.value == 20);
    CHECK(read_range("4..16 step 2").step->value == 2);
    CHECK(read_range("1s..1min").high.value == 60);
}

TEST_CASE("refused spellings say what to write") {
    const struct {
        const char *text, *part;
    } table[] = {{"5m", "'5min'"},
                 {"6G", "'GiB'"},
                 {"5 min", "'5min'"},
                 {"1_000", "'1000'"},
                 {"-5s", "negative"},
                 {".inf", "not finite"},
                 {"nan", "not finite"},
                 {"1,5s", "point"},
                 {"012", "'12'"},
                 {"0x10", "digits only"},
                 {".5s", "'0.5s'"},
                 {"+5s", "'5s'"},
                 {"5sec", "'5s'"},
                 {"3hours", "'3h'"},
                 {"2days", "'2d'"},
                 {"5KB", "'KiB'"},
                 {"50rps", "'50/s'"},
                 {"90/hour", "'90/h'"},
                 {"90/ms", "per s, min"},
                 {"$4/h", "'4EUR/h'"},
                 {"P1M", "no fixed length"},
                 {"1y", "no fixed length"},
                 {"abc", "not a quantity"},
                 {"", "missing"},
                 {"5s3", "unit is missing"},
                 {"1/5min", "write '12/h'"},
                 {"7/90s", "write '280/h'"},
                 {"1/1.5s", "write '40/min'"},
                 {"4EUR/30min", "write '8EUR/h'"},
                 {"1/0s", "per s, min"}};
    for (const auto& row : table) {
        CAPTURE(row.text);
        const std::string fault = fault_of([&] { read_quantity(row.text); });
        CAPTURE(fault);
        CHECK(fault.find(row.part) != std::string::npos);
    }
    CHECK(fault_of([] { read_share("0.004"); }).find("'0.4%'") != std::string::npos);
    CHECK(fault_of([] { read_share("101%"); }).find("more than 100%") != std::string::npos);
    CHECK(fault_of([] { read_duration("30"); }).find("'30s'") != std::string::npos);
    CHECK(fault_of([] { read_count("2.5"); }).find("whole") != std::string::npos);
    CHECK(fault_of([] { read_count("9223372036854775807"); }).find("too large") != std::string::npos);
    CHECK(fault_of([] { read_range("20..2"); }).find("lower end first") != std::string::npos);
}

TEST_CASE("a fault points at the character") {
    try {
        read_quantity("1h5m", 10);
        FAIL("5m was read");
    } catch (const Fault& fault) {
        CHECK(fault.offset == 13);
    }
}

TEST_CASE("wall-clock values") {
    CHECK(read_clock("05:30") == 5 * kernel::hour + 30 * kernel::minute);
    CHECK(fault_of([] { read_clock("5:30"); }).find("'05:30'") != std::string::npos);
    CHECK(fault_of([] { read_clock("24:00"); }).find("00:00 to 23:59") != std::string::npos);
    CHECK(read_local_instant("1970-01-02T00:00").ns == kernel::day);
    CHECK(print_local_instant(read_local_instant("2026-03-09T05:06:07")) == "2026-03-09T05:06:07");
    CHECK(print_local_instant(read_local_instant("2026-03-09T05:06")) == "2026-03-09T05:06");
    CHECK(fault_of([] { read_local_instant("2026-03-09"); }).find("'2026-03-09T00:00'") != std::string::npos);
    CHECK(fault_of([] { read_local_instant("2026-02-29T00:00"); }).find("no instant") != std::string::npos);
    CHECK(fault_of([] { read_local_instant("2026-03-09T00:00+01:00"); }).find("zone") != std::string::npos);
}

TEST_CASE("canonical text is short and reads back") {
    CHECK(print_duration(90 * kernel::second) == "90s");
    CHECK(print_duration(3600 * kernel::second) == "1h");
    CHECK(print_duration(1500 * kernel::millisecond) == "1500ms");
    CHECK(print_duration(14 * kernel::day) == "14d");
    CHECK(print_duration(19'901'308'036) == "19.901308036s");
    CHECK(print_duration(882'308'036) == "882.308036ms");
    CHECK(print_duration(882'308'000) == "882.308ms");
    CHECK(print_quantity(0.882308036, Dimension::duration) == "882.308036ms");
    CHECK(print_quantity(361.234567891, Dimension::duration) == "361.234567891s");
    CHECK(print_quantity(90, Dimension::duration) == "90s");
    CHECK(print_quantity(3000, Dimension::duration) == "50min");
    CHECK(print_quantity(0.00035, Dimension::duration) == "350us");
    CHECK(print_quantity(90.0 / 3600, Dimension::rate) == "90/h");
    CHECK(print_quantity(0.9, Dimension::rate) == "0.9/s");
    CHECK(print_quantity(6442450944.0, Dimension::size) == "6GiB");
    CHECK(print_quantity(0.004, Dimension::share) == "0.4%");
    holds("durations", [](std::int64_t ns) {
        const kernel::Time t = ns < 0 ? -(ns + 1) : ns;
        RC_ASSERT(read_duration(print_duration(t)) == t);
    });
    holds("doubles of every dimension", [] {
        // Durations beyond the clock are refused, so values stay below 9e9.
        const auto mantissa = *rc::gen::inRange<std::int64_t>(1, std::int64_t{1} << 53);
        const double value = std::ldexp(static_cast<double>(mantissa), *rc::gen::inRange(-120, -20));
        for (const Dimension d :
             {Dimension::number, Dimension::duration, Dimension::size, Dimension::share, Dimension::factor})
            RC_ASSERT(read_quantity(print_quantity(value, d)).value == value);
    });
    holds("rates read back", [] {
        const auto count = *rc::gen::inRange<std::int64_t>(1, 1000000);
        for (const double per : {1.0, 60.0, 3600.0, 86400.0}) {
            const double rate = static_cast<double>(count) / per;
            RC_ASSERT(read_quantity(print_quantity(rate, Dimension::rate)).value == rate);
        }
    });
}

TEST_CASE("decimals keep every digit") {
    CHECK(Decimal::read("0.1")->times(1000000000).to_integer() == 100000000);
    CHECK(Decimal::read("123456789012345678901234567890")->to_integer() == std::nullopt);
    CHECK(Decimal::read("0.5")->to_integer() == 1);
    CHECK(Decimal::read("0.49999999999999999999999")->to_integer() == 0);
    CHECK(Decimal::read("99.5")->to_integer() == 100);
    CHECK(Decimal::read("1000")->plus(*Decimal::read("0.001")).text() == "1000.001");
    CHECK(Decimal::read("1e-9")->text() == "0.000000001");
    CHECK(Decimal::shortest(0.1).text() == "0.1");
    CHECK(Decimal::length_at("12abc") == 2);
    CHECK(Decimal::length_at("1.e5") == 1);
    CHECK(Decimal::length_at("1e") == 1);
    holds("read as strtod does", [](double any) {
        const double value = std::abs(any);
        RC_PRE(std::isfinite(value));
        RC_ASSERT(Decimal::shortest(value).to_double() == value);
    });
}

TEST_CASE("no string makes the readers do anything but read or refuse") {
    holds("random strings", [] {
        const auto text = *rc::gen::container<std::string>(
            rc::gen::element('0', '1', '9', '.', 'e', '-', '+', 's', 'm', 'i', 'n', 'h', 'P', 'T', 'D', '%',
                             'x', '/', 'G', 'B', 'E', 'U', 'R', ' ', '_', ',', ':'));
        try {
            const Quantity q = read_quantity(text);
            RC_ASSERT(q.value >= 0);
            RC_ASSERT(!std::isnan(q.value));
        } catch (const Fault& fault) {
            RC_ASSERT(fault.offset <= text.size());
        }
        try {
            read_range(text);
        } catch (const Fault&) {
        }
        try {
            read_local_instant(text);
        } catch (const Fault&) {
        }
    });
}

TEST_CASE("a unit that is none of ours is answered with those that there are, spaced or not") {
    for (const char* text : {"3parsec", "3 parsec"}) {
        const std::string fault = fault_of([&] { read_quantity(text); });
        CAPTURE(text);
        CHECK(fault.find("unknown unit 'parsec'") != std::string::npos);
        CHECK(fault.find("ns us ms s min h d w") != std::string::npos);
    }
    CHECK(fault_of([] { read_quantity("3 s"); }).find("write '3s'") != std::string::npos);
    CHECK(fault_of([] { read_quantity("3 minutes"); }).find("write '3min'") != std::string::npos);
}
