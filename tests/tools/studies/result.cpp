// Promised: what is not all is not shown as all. Shown: shares next to one, and at it.
#include "tools/studies/result.h"

#include <doctest/doctest.h>

using understudy::studies::percent;

TEST_CASE("a share is shown with four digits, or with as many as tell it from all") {
    CHECK(percent(0.95) == "95%");
    CHECK(percent(0.123456) == "12.35%");
    CHECK(percent(0.99999999) == "99.999999%");
    CHECK(percent(1) == "100%");
    CHECK(percent(1.00000001) == "100%");
}
