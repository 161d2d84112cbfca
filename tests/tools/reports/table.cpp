// Promised: columns as wide as they need be, lines no longer than asked, and no name cut where it can stand above its row.
// Shown: the text of small tables, with names that fit and that do not, and with colours.
#include "tools/reports/table.h"

#include <doctest/doctest.h>

#include "tools/reports/numbers.h"

using namespace understudy::reports;

TEST_CASE("a table: columns stand side by side") {
    CHECK(table({{"stage", "wait"}, {"a", "12 s"}, {"loader", "3 s"}}, 40) ==
          "  stage   wait\n"
          "  a       12 s\n"
          "  loader  3 s\n");
    CHECK(table({}, 40).empty());
}

TEST_CASE("a table: a name that leaves no room stands above its row") {
    CHECK(table({{"avg wait(a)", "12 s"}, {"p(99) latency(in, out) during 06:00..08:00", "3 s"}}, 46) ==
          "  avg wait(a)                             12 s\n"
          "  p(99) latency(in, out) during 06:00..08:00\n"
          "                                          3 s\n");
}

TEST_CASE(
    "a table: where the other columns fill the line long names stand above their rows, short ones do not") {
    const std::string wide(40, 'x');
    CHECK(table({{"a name", "12 s", wide}, {"another name", "3 s", wide}}, 52) ==
          "  a name    12 s  " + wide + "\n  another name\n            3 s   " + wide + "\n");
}

TEST_CASE("a width does not count colours") {
    CHECK(text_width("\033[1;32mmet\033[0m") == 3);
    CHECK(text_width("µs") == 2);
    CHECK(text_width("\033") == 0);
}
