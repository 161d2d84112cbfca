// Promised: what ends as another begins is not there at once with it, and what takes no time is never there. Shown: by hand.
#include "tools/studies/most_at_once.h"

#include <doctest/doctest.h>

using understudy::studies::most_at_once;

TEST_CASE("how many stretches of time go on at once") {
    CHECK(most_at_once({}) == 0);
    CHECK(most_at_once({{0, 5}, {5, 9}}) == 1);
    CHECK(most_at_once({{4, 9}, {0, 5}, {4, 6}, {6, 8}}) == 3);
    CHECK(most_at_once({{3, 3}, {3, 3}}) == 0);
    CHECK(most_at_once({{0, 5}, {3, 3}}) == 1);
}
