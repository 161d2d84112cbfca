// Promised: when a system that begins empty lacks only a share of what it will hold. Shown: stays whose answer is plain.
#include "tools/studies/filling.h"

#include <doctest/doctest.h>

using namespace understudy::studies;

TEST_CASE("a system fills as what comes in stays") {
    CHECK(until_filled({}, 0.01) == 0);
    CHECK(until_filled({0, 0}, 0.01) == 0);
    // Of equal stays what is lacking falls evenly.
    CHECK(until_filled({100, 100, 100}, 0.1) == 90);
    // 1000 - t of 1990 in all, while the next longest is below.
    CHECK(until_filled({1000, 10, 10, 10, 960}, 0.01) == 981);
    // One that stays for ever among many holds nobody up.
    std::vector<understudy::kernel::Time> many(10'000, 100);
    many.push_back(10'000);
    CHECK(until_filled(many, 0.01) <= 100);
}
