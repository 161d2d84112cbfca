// Promised: a redrawn law differs from the fitted one as fits to other samples of the same size differ, also where there
// were more values than are drawn; redrawn shares and rates have the quantiles of their intervals, and shares of values vary
// as those of another sample do.
// Shown: spreads of redrawn parameters against those of the theory of maximum likelihood; shares of draws below the limits
// of share_limits() and rate_interval().
#include "kernel/redraw.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernel/statistics.h"

using namespace understudy::kernel;

namespace {

Stream stream_of(std::uint64_t number) { return Stream(stream_key(3, number, "redraw", Purpose::bootstrap)); }

/// Spread of a parameter over so many redrawn laws, relative to its value.
double spread(Family family, const Distribution& law, double observations, std::string_view parameter) {
    Moments moments;
    for (std::uint64_t i = 0; i < 400; ++i) {
        Stream stream = stream_of(i);
        moments.add(*redrawn(family, law, observations, stream).parameter(parameter));
    }
    return std::sqrt(moments.variance()) / *law.parameter(parameter);
}

}  // namespace

TEST_CASE("redrawn parameters vary as estimates do") {
    // 400 draws know a spread within 3.5 percent; 12 is beyond three times that.
    for (const double n : {50.0, 500.0, 50'000.0}) {
        CAPTURE(n);
        CHECK(spread(Family::exponential, Distribution::exponential(40), n, "mean") ==
              doctest::Approx(1 / std::sqrt(n)).epsilon(0.12));
        CHECK(spread(Family::gamma, Distribution::gamma(40, 0.5), n, "mean") ==
              doctest::Approx(0.5 / std::sqrt(n)).epsilon(0.12));
    }
    // Of a lognormal law the logarithm's deviation s has the variance s^2 / 2n (Johnson, Kotz and Balakrishnan 1994, 14.4).
    const double s = std::sqrt(std::log(1.25)), n = 500;
    const double of_cv = s / std::sqrt(2 * n) * s * 1.25 / 0.25;
    CHECK(spread(Family::lognormal, Distribution::lognormal(40, 0.5), n, "cv") ==
          doctest::Approx(of_cv).epsilon(0.12));
}

TEST_CASE("redrawn mixtures stay mixtures, and constants what they are") {
    const Distribution mix =
        Distribution::mixture({0.7, 0.3}, {Distribution::exponential(2), Distribution::exponential(30)});
    for (const double n : {300.0, 10'000.0}) {
        Stream stream = stream_of(1);
        const Distribution again = redrawn(Family::hyperexponential, mix, n, stream);
        REQUIRE(again.components().size() == 2);
        CHECK(again.mean() != mix.mean());
        CHECK(again.mean() == doctest::Approx(mix.mean()).epsilon(0.3));
    }
    Stream stream = stream_of(2);
    CHECK(redrawn(Family::constant, Distribution::constant(5), 100, stream).mean() == 5);
    CHECK(redrawn(Family::exponential, Distribution::exponential(5), 1, stream).mean() == 5);
}

TEST_CASE("redrawn shares and rates have the quantiles of their intervals") {
    // The second of each is of more than any gamma law of the language can have as its shape.
    for (const bool many : {false, true}) {
        const double successes = many ? 3e6 : 7, trials = many ? 5e6 : 90, count = many ? 4e6 : 60;
        const Interval share = share_limits(successes, trials, 0.9), rate = rate_interval(count, 1, 0.9);
        int below_share = 0, below_rate = 0, above_rate = 0;
        constexpr int draws = 4000;
        for (std::uint64_t i = 0; i < draws; ++i) {
            Stream stream = stream_of(i);
            if (redrawn_share(successes, trials, stream) < share.low) ++below_share;
            const double factor = redrawn_rate(count, stream);
            if (count * factor < rate.low) ++below_rate;
            if (count * factor > rate.high) ++above_rate;
        }
        // 5 percent of 4000 are 200, give or take 14.
        CAPTURE(many);
        for (const int beyond : {below_share, below_rate, above_rate}) CHECK(std::abs(beyond - 200) < 50);
    }
}

TEST_CASE("redrawn shares of values vary as those of another sample do") {
    const Distribution law = Distribution::mixture(
        {0.5, 0.3, 0.2}, {Distribution::constant(2), Distribution::constant(5), Distribution::constant(10)});
    REQUIRE(has_shares(law));
    Moments means;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        Stream stream = stream_of(i);
        const Distribution again = redrawn_shares(law, 40, stream);
        REQUIRE(has_shares(again));
        means.add(again.mean());
    }
    CHECK(means.mean() == doctest::Approx(law.mean()).epsilon(0.02));
    // As a Dirichlet law has it; 1000 draws know a variance within 4.5 percent.
    CHECK(means.variance() == doctest::Approx(law.variance() / 41).epsilon(0.18));
    Stream stream = stream_of(1);
    CHECK_FALSE(has_shares(Distribution::gamma(3, 0.5)));
    CHECK(redrawn_shares(Distribution::gamma(3, 0.5), 40, stream).mean() == 3);
}
