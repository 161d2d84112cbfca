#include "tools/reports/numbers.h"

#include <doctest/doctest.h>

#include <limits>

using namespace understudy::reports;

TEST_CASE("values in units of their size") {
    CHECK(human(0.0123, "s") == "12.3 ms");
    CHECK(human(3.2e-5, "s") == "32 µs");
    CHECK(human(0, "s") == "0 s");
    CHECK(human(59.96, "s") == "59.96 s");
    CHECK(human(1446, "s") == "24.1 min");
    CHECK(human(5400, "s") == "1.5 h");
    CHECK(human(14 * 86400.0, "s") == "14 d");
    CHECK(human(86400, "s") == "1 d");
    CHECK(human(40 * 3600.0, "s") == "40 h");
    CHECK(human(-90, "s") == "-90 s");
    CHECK(human(3e9, "bytes") == "2.794 GiB");
    CHECK(human(512, "bytes") == "512 B");
    CHECK(human(1048576, "bytes/s") == "1 MiB/s");
    CHECK(human(0.9987, "fraction") == "99.87 %");
    CHECK(human(0.00004, "fraction") == "0.004 %");
    CHECK(human(0.02, "/s") == "72 /h");
    CHECK(human(1e-5, "/s") == "0.864 /d");
    CHECK(human(12.5, "items/s") == "12.5 items/s");
    CHECK(human(2709.4, "EUR") == "2709 EUR");
    CHECK(human(1234567, "items") == "1.235M items");
    CHECK(human(123456, "") == "123456");
    CHECK(human(std::nullopt, "s") == "-");
    CHECK(human(std::numeric_limits<double>::infinity(), "workers") == "unlimited");
}

TEST_CASE("numbers with the digits that count") {
    CHECK(human_number(0.123456) == "0.1235");
    CHECK(human_number(12.30) == "12.3");
    CHECK(human_number(99.996) == "100");
    CHECK(human_number(0.00001234) == "1.234e-05");
    CHECK(human_number(999999.9) == "1M");
    CHECK(human_number(2.5e13) == "25T");
    CHECK(human_number(-0.0) == "0");
}

TEST_CASE("long names are cut in the middle, by characters") {
    CHECK(shorten("revenue.build", 20) == "revenue.build");
    CHECK(shorten("revenue.build", 9) == "rev...ild");
    CHECK(shorten("größenänderung", 9) == "grö...ung");
    CHECK(text_width(shorten("größenänderung", 8)) == 8);
    CHECK(shorten("abcdef", 2) == "..");
}
