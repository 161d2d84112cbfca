// Promised: the share of a second moment that is in values rarer than three in so many draws, for any law.
// Shown: against closed forms, and against many draws.
#include "kernel/rare_values.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/random.h"

using namespace understudy;
using kernel::Distribution;
using kernel::rare_share;

TEST_CASE("the rare part of a second moment, where it has a closed form") {
    for (const double draws : {10.0, 1e3, 1e6}) {
        CAPTURE(draws);
        // E[X^2; X > q] = (q^2 + 2 q + 2) e^-q for a mean of 1.
        const double q = std::log(draws / 3);
        CHECK(rare_share(Distribution::exponential(1), draws) ==
              doctest::Approx((q * q + 2 * q + 2) / 2 * 3 / draws).epsilon(1e-6));
        CHECK(rare_share(Distribution::exponential(1e-3), draws) ==
              doctest::Approx((q * q + 2 * q + 2) / 2 * 3 / draws).epsilon(1e-6));
        // x^-a beyond 1: the share is q^(2-a), with q = (draws / 3)^(1/a).
        CHECK(rare_share(Distribution::pareto(3.5, 1), draws) ==
              doctest::Approx(std::pow(draws / 3, -1.5 / 3.5)).epsilon(1e-6));
        // A lognormal's second moment is a lognormal's mass, shifted by twice the variance of its logarithm.
        const double s = std::sqrt(std::log(5.0));
        const double z = (std::log(Distribution::lognormal(1, 2).quantile(1 - 3 / draws)) + s * s / 2) / s;
        CHECK(rare_share(Distribution::lognormal(1, 2), draws) ==
              doctest::Approx(0.5 * std::erfc((z - 2 * s) / std::sqrt(2.0))).epsilon(1e-6));
    }
}

TEST_CASE("the rare part of a second moment of laws with ends, and of none") {
    CHECK(rare_share(Distribution::constant(5), 10) == 0);
    CHECK(rare_share(Distribution::pareto(1.5, 1), 1e9) == 1);
    CHECK(rare_share(Distribution::exponential(1), 3) == 1);
    CHECK(rare_share(Distribution::exponential(1), 0) == 1);
    CHECK(rare_share(Distribution::uniform(0, 1), 300) ==
          doctest::Approx(1 - 0.99 * 0.99 * 0.99).epsilon(1e-4));
    // Fewer than three of the largest value are expected of few draws.
    const Distribution two =
        Distribution::mixture({0.999, 0.001}, {Distribution::constant(1), Distribution::constant(100)});
    CHECK(rare_share(two, 1000) > 0.9);
    CHECK(rare_share(two, 1e5) == 0);
}

TEST_CASE("the rare part of a second moment, as draws have it") {
    const Distribution law = Distribution::lognormal(2, 1.5);
    kernel::Stream stream(kernel::StreamKey{7});
    std::vector<double> drawn(400'000);
    law.fill(stream, drawn.data(), drawn.size());
    const double beyond = law.quantile(1 - 3 / 1000.0);
    double rare = 0, all = 0;
    for (const double x : drawn) {
        all += x * x;
        if (x > beyond) rare += x * x;
    }
    CHECK(rare_share(law, 1000) == doctest::Approx(rare / all).epsilon(0.05));
}
