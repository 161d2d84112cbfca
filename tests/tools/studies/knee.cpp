// Promised: the level of the greatest power is found, and all that is not shown to have less lies in the range beside it;
// where throughput or latency is missing there is no power.
// Shown: levels whose powers differ by more, and by less, than they vary from replication to replication.
#include "tools/studies/knee.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace understudy;

TEST_CASE(
    "a level that is shown to have less power lies outside of the range, one that may have as much within") {
    const std::vector<double> least = {1, 2, 1, 2, 1, 2}, alike = {4, 6, 4, 6, 5, 5},
                              most = {5, 5, 6, 4, 6, 5}, less = {3, 3, 4, 2, 4, 3};
    const auto found = studies::greatest_power({least, alike, most, less}, 0.95);
    CHECK(found.at == 2);
    CHECK(found.low == 1);
    CHECK(found.high == 2);
}

TEST_CASE("of equal levels the first is the greatest, and the range has all of them") {
    const std::vector<double> same = {1, 2, 3};
    const auto found = studies::greatest_power({same, same, same}, 0.95);
    CHECK(found.at == 0);
    CHECK(found.low == 0);
    CHECK(found.high == 2);
}

TEST_CASE("power is throughput over latency, and there is none without either") {
    CHECK(studies::powers_of({2, 3}, {4, 2}) == std::vector<double>{0.5, 1.5});
    CHECK(studies::powers_of({2, NAN}, {4, 2}).empty());
    CHECK(studies::powers_of({2, 3}, {4, NAN}).empty());
    CHECK(studies::powers_of({2, 3}, {4, 0}).empty());
}
