// Promised: two states side by side show of each element what moved, amounts that landed or are to be read as well, and
// those columns only where there is any. Shown: small states, word by word.
#include "tools/reports/state_table.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("states side by side: what has landed and what is to be read") {
    models::InitialState before;
    before.elements.resize(2);
    before.elements[0].element = "nightly";
    before.elements[0].runs.resize(1);
    before.elements[1].element = "raw";
    before.elements[1].newest = kernel::from_seconds(90);
    CHECK(reports::state_table(before, before, 80) ==
          "  element  waiting  working  retrying  runs  newest\n"
          "  nightly  0        0        0         1     -\n"
          "  raw      0        0        0         0     90s\n");
    models::InitialState after = before;
    before.elements[1].records = 1000;
    after.elements[1].records = 5000;
    before.elements[0].unread["build"]["raw"].records = 620;
    after.elements[0].unread["build"]["raw"].records = 999;
    CHECK(reports::state_table(before, after, 80) ==
          "  element  waiting  working  retrying  runs  newest  landed        unread\n"
          "  nightly  0        0        0         1     -       0             620 -> 999\n"
          "  raw      0        0        0         0     90s     1000 -> 5000  0\n");
}
