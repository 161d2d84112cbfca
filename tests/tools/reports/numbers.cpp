#include "tools/reports/numbers.h"

#include <doctest/doctest.h>

#include <limits>

#include "tools/reports/with_interval.h"

using namespace understudy;
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

TEST_CASE("values beside each other are cut so that those that differ look so") {
    using Both = std::pair<std::string, std::string>;
    CHECK(shorten_apart("1234567.1", "1234567.2", 20) == Both{"1234567.1", "1234567.2"});
    const std::string same(30, 'a');
    CHECK(shorten_apart(same, same, 10) == Both{"aaaa...aaa", "aaaa...aaa"});
    CHECK(shorten_apart(same + "x" + same, same + "y" + same, 14) ==
          Both{"...aaaaxaaa...", "...aaaayaaa..."});
    CHECK(shorten_apart(same + "größer" + same, same + "grünes" + same, 14) ==
          Both{"...aagrößer...", "...aagrünes..."});
    CHECK(shorten_apart("ab" + same + "x", "cb" + same + "x", 14).first.starts_with("ab"));
}

TEST_CASE("two values beside each other share a unit unless nothing would be left of one") {
    const auto shown = [](double first, double second) {
        const UnitsBeside units = units_beside(first, second, "s");
        return human_in(units.first, first) + " " + human_in(units.second, second);
    };
    CHECK(shown(5, 5.5) == "5 s 5.5 s");
    CHECK(shown(0.5, 90) == "0.5 s 90 s");
    CHECK(shown(2.313, 10026) == "2.313 s 2.785 h");
    CHECK(shown(0, 10026) == "0 h 2.785 h");
    studies::Estimate estimate;
    estimate.value = 2090.4;
    CHECK(with_interval_and_before(estimate, 0.50376, "s") == "34.84 min, before 503.8 ms");
}
