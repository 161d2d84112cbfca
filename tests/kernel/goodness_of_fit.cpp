// Promised: of a true family, fitted to the sample, the test rejects 5 percent in 4 to 6 of 100 samples, of rounded
// values too; another family it rejects.
// Shown: samples drawn from known laws, few in the tests, thousands where UNDERSTUDY_COVERAGE asks.
#include "kernel/goodness_of_fit.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "tests/coverage.h"

using namespace understudy;
using kernel::Distribution;
using kernel::Family;
using kernel::Rounding;

namespace {

kernel::Sample draw(const Distribution& law, std::size_t count, double resolution, std::uint64_t number,
                    Rounding rounding = Rounding::nearest) {
    kernel::Stream stream(kernel::stream_key(17, number, "tested", kernel::Purpose::other));
    kernel::Sample sample;
    sample.resolution = resolution;
    sample.rounding = rounding;
    for (std::size_t i = 0; i < count; ++i)
        sample.observed.push_back(kernel::rounded_draw(law, resolution, rounding, stream));
    return sample;
}

}  // namespace

TEST_CASE("goodness of fit: the statistic by hand") {
    // Of one value at the median: -1 - 2 log(1/2).
    const std::vector<double> one = {5};
    CHECK(kernel::anderson_darling(one, Distribution::uniform(0, 10)) ==
          doctest::Approx(-1 - 2 * std::log(0.5)));
    // Of values at 1/4 and 3/4: -2 - (2 log(1/4) + 6 log(3/4)) / 2.
    const std::vector<double> two = {2.5, 7.5};
    CHECK(kernel::anderson_darling(two, Distribution::uniform(0, 10)) ==
          doctest::Approx(-2 - (2 * std::log(0.25) + 6 * std::log(0.75)) / 2));
}

TEST_CASE("goodness of fit: a true family is rejected as often as it should be") {
    const int runs = tests::runs_of(120);
    struct Case {
        Family family;
        Distribution law;
        double resolution;
        Rounding rounding = Rounding::nearest;
    };
    const std::vector<Case> cases = {
        {Family::exponential, Distribution::exponential(40), 0},
        {Family::gamma, Distribution::gamma(40, 0.6), 0},
        {Family::lognormal, Distribution::lognormal(40, 0.5), 0},
        {Family::lognormal, Distribution::lognormal(8, 0.5), 1},
        {Family::weibull, Distribution::weibull(1.6, 30), 0},
        {Family::normal, Distribution::normal(20, 4), 0},
        {Family::uniform, Distribution::uniform(2, 7), 0},
        {Family::pareto, Distribution::pareto(2.5, 3), 0},
        {Family::exponential, Distribution::exponential(3), 1, Rounding::both_ends},
        {Family::gamma, Distribution::gamma(3, 0.6), 1, Rounding::both_ends},
        {Family::lognormal, Distribution::lognormal(3, 0.5), 1, Rounding::both_ends},
        {Family::weibull, Distribution::weibull(1.6, 3), 1, Rounding::both_ends},
        {Family::normal, Distribution::normal(3, 0.75), 1, Rounding::both_ends},
        {Family::uniform, Distribution::uniform(1.2, 4.8), 1, Rounding::both_ends},
        {Family::pareto, Distribution::pareto(2.5, 1.8), 1, Rounding::both_ends}};
    for (const Case& one : cases) {
        int rejected = 0;
        for (int run = 0; run < runs; ++run) {
            const kernel::Sample sample =
                draw(one.law, 50, one.resolution, static_cast<std::uint64_t>(run), one.rounding);
            const auto fitted = kernel::fit(one.family, sample);
            REQUIRE(fitted);
            const auto fits = kernel::goodness_of_fit(*fitted, sample, static_cast<std::uint64_t>(run), 99);
            REQUIRE(fits);
            rejected += fits->p <= 0.05 ? 1 : 0;
        }
        const double share = static_cast<double>(rejected) / runs;
        if (tests::coverage_is_asked())
            std::printf("goodness of fit: %s%s rejected in %.2f %%\n",
                        std::string(kernel::name_of(one.family)).c_str(),
                        one.resolution > 0 ? one.rounding == Rounding::nearest ? " in whole numbers"
                                                                               : " between whole numbers"
                                           : "",
                        100 * share);
        INFO(kernel::name_of(one.family), " ", one.resolution, ": ", rejected, " of ", runs);
        const double chance = tests::coverage_is_asked() ? 0 : 3.5 * std::sqrt(0.05 * 0.95 / runs);
        // Of 50 values of which many are the same, statistics are, too, and these count as no worse.
        CHECK(share >= (one.rounding == Rounding::both_ends ? 0.025 : 0.04) - chance);
        CHECK(share <= 0.06 + chance);
    }
}

TEST_CASE("goodness of fit: another family is seen") {
    const kernel::Sample sample = draw(Distribution::uniform(2, 7), 300, 0, 1);
    const auto fitted = kernel::fit(Family::lognormal, sample);
    REQUIRE(fitted);
    CHECK(kernel::goodness_of_fit(*fitted, sample, 1)->p <= 0.01);
    // Also where both begin and end are whole.
    const kernel::Sample whole = draw(Distribution::exponential(3), 1000, 1, 3, Rounding::both_ends);
    CHECK(kernel::goodness_of_fit(*kernel::fit(Family::lognormal, whole), whole, 1)->p <= 0.01);
    CHECK(kernel::goodness_of_fit(*kernel::fit(Family::exponential, whole), whole, 1)->p > 0.05);
    const kernel::Sample many = draw(Distribution::gamma(40, 0.6), 5000, 0, 2);
    const auto same = kernel::goodness_of_fit(*kernel::fit(Family::gamma, many), many, 1, 19);
    CHECK(same->tested == kernel::most_tested);
    CHECK(same->p > 0.05);
    // Of the values, not of their order.
    kernel::Sample turned = many;
    std::reverse(turned.observed.begin(), turned.observed.end());
    const auto again = kernel::goodness_of_fit(*kernel::fit(Family::gamma, many), turned, 1, 19);
    CHECK(again->statistic == same->statistic);
    CHECK(again->p == same->p);
    CHECK(!kernel::goodness_of_fit(*kernel::fit(Family::exponential, {{1, 2, 3}, {}, 0}), {{1, 2, 3}, {}, 0},
                                   1));
}
