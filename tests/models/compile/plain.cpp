// Promised: of many ways the one that a number leads to is found as of few, by their cumulative shares alone. Shown: random
// shares, nothing's among them, beside a search through all; numbers at the very limits.
#include "models/compile/plain.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernel/random.h"

using namespace understudy;
using models::PlainWay;
using models::PlainWays;

TEST_CASE("ways by their shares: many as few") {
    kernel::Stream random(kernel::stream_key(3, 0, "ways", kernel::Purpose::other));
    for (const std::size_t count : {1, 2, 8, 9, 10, 65, 1000}) {
        std::vector<double> shares;
        double all = 0;
        for (std::size_t i = 0; i < count; ++i) {
            // A fourth are of no share, and some are of most.
            const double u = random.uniform();
            shares.push_back(random.below(4) == 0 ? 0 : u * u * u * u);
            all += shares.back();
        }
        shares.back() += all == 0 ? 1 : 0;
        all += all == 0 ? 1 : 0;
        std::vector<PlainWay> ways(count);
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) ways[i].cumulative = std::min(1.0, (sum += shares[i]) / all);
        ways.back().cumulative = 1;
        const PlainWays found(ways);
        CHECK(reinterpret_cast<std::uintptr_t>(&found.front()) % kernel::cache_line == 0);
        const auto check = [&](double u) {
            std::size_t expected = 0;
            while (expected + 1 < count && u >= ways[expected].cumulative) ++expected;
            CHECK(found.index_of(found.at(u)) == expected);
        };
        for (int i = 0; i < 5000; ++i) check(random.uniform());
        for (const PlainWay& way : ways)
            for (const double u : {way.cumulative, std::nextafter(way.cumulative, 0.0)})
                if (u >= 0 && u < 1) check(u);
        check(0);
        check(std::nextafter(1.0, 0.0));
    }
}
