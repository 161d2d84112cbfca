// Promised: the Wasserstein distance of order 1 and quantiles of weighted values. Shown: by hand, and against the mean of the
// distances of sorted samples, which it is where both have as many values.
#include "kernel/wasserstein.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "kernel/random.h"

using namespace understudy::kernel;

TEST_CASE("by hand") {
    CHECK(wasserstein_distance({{1, 1}}, {{4, 1}}) == 3);
    CHECK(wasserstein_distance({{0, 1}, {10, 1}}, {{0, 3}, {10, 1}}) == doctest::Approx(2.5));
    CHECK(wasserstein_distance({{5, 1}, {1, 2}}, {{1, 4}, {5, 2}}) == doctest::Approx(0));
    CHECK(wasserstein_distance({{0, 1}, {2, 1}}, {{1, 7}}) == doctest::Approx(1));
    // A weight of 0 is nothing.
    CHECK(wasserstein_distance({{1, 1}, {1e9, 0}}, {{1, 1}}) == doctest::Approx(0));
    CHECK_THROWS_AS(wasserstein_distance({}, {{1, 1}}), std::invalid_argument);
    CHECK_THROWS_AS(wasserstein_distance({{1, 1}}, {{1, 0}}), std::invalid_argument);
}

TEST_CASE("of as many values it is the mean distance in their order") {
    Stream stream(stream_key(3, 0, "wasserstein", Purpose::check));
    for (int round = 0; round < 20; ++round) {
        WeightedValues a, b;
        for (int i = 0; i < 50; ++i) {
            a.emplace_back(stream.uniform(), 1);
            b.emplace_back(3 * stream.uniform() - 1, 1);
        }
        const double distance = wasserstein_distance(a, b);
        CHECK(distance == doctest::Approx(wasserstein_distance(b, a)));
        std::sort(a.begin(), a.end());
        std::sort(b.begin(), b.end());
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += std::fabs(a[i].first - b[i].first) / 50;
        CHECK(distance == doctest::Approx(sum));
    }
}

TEST_CASE("quantiles") {
    const WeightedValues values = {{3, 1}, {1, 2}, {2, 1}};
    CHECK(weighted_quantile(values, 0.5) == 1);
    CHECK(weighted_quantile(values, 0.51) == 2);
    CHECK(weighted_quantile(values, 0.75) == 2);
    CHECK(weighted_quantile(values, 1) == 3);
    CHECK(weighted_quantile({{1, 0}, {2, 1}, {9, 0}}, 1) == 2);
    CHECK_THROWS_AS(weighted_quantile({}, 0.5), std::invalid_argument);
}
