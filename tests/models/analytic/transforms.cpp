// Promised: moments, transforms and phases of laws agree with each other and with the laws' own means, variances and
// tails. Shown: closed forms of simple laws, one law written in two ways, and sums and mixtures of phases against what
// is known of them.
#include "models/analytic/transforms.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace understudy;
using kernel::Distribution;
using models::Phases;

namespace {

/// E[X^3] by the law's own quantiles: coarse, and independent of the closed forms.
double third_by_quantiles(const Distribution& law) {
    constexpr int points = 200'000;
    double sum = 0;
    for (int i = 0; i < points; ++i) sum += std::pow(law.quantile((i + 0.5) / points), 3);
    return sum / points;
}

double survival(const std::vector<double>& rates,
                double x) {  // of a sum of exponentials, all rates different
    double sum = 0;
    for (const double rate : rates) {
        double share = 1;
        for (const double other : rates)
            if (other != rate) share *= other / (other - rate);
        sum += share * std::exp(-rate * x);
    }
    return sum;
}

}  // namespace

TEST_CASE("third moments are those of the laws") {
    for (const Distribution& law :
         {Distribution::exponential(2), Distribution::uniform(0.5, 1.5), Distribution::erlang(3, 2),
          Distribution::gamma(2, 0.7), Distribution::lognormal(1, 0.5), Distribution::weibull(1.5, 2),
          Distribution::pareto(9, 1), Distribution::triangular(1, 9, 2),
          Distribution::empirical({1, 2, 5}, {1, 2, 1}),
          Distribution::mixture({1, 3}, {Distribution::exponential(1), Distribution::constant(2)}),
          Distribution::phase_type({0.4, 0.6}, {{-1, 0}, {0, -3}})}) {
        INFO(Distribution::name(law.kind()));
        const auto third = models::third_moment(law);
        REQUIRE(third);
        CHECK(*third == doctest::Approx(third_by_quantiles(law)).epsilon(0.01));
    }
    CHECK(std::isinf(*models::third_moment(Distribution::pareto(2.5, 1))));
    CHECK_FALSE(models::third_moment(Distribution::lognormal(1, 1).truncated(0.1, 3)));
}

TEST_CASE("transforms: closed forms, and the integral where there is none") {
    CHECK(models::laplace(Distribution::exponential(2), 3) == doctest::Approx(1.0 / 7));
    CHECK(models::laplace(Distribution::constant(2), 0.5) == doctest::Approx(std::exp(-1.0)));
    CHECK(models::laplace(Distribution::erlang(2, 1), 2) == doctest::Approx(0.25));
    CHECK(models::laplace(Distribution::phase_type({1, 0}, {{-2, 2}, {0, -2}}), 2) == doctest::Approx(0.25));
    // Uniform laws are integrated: (1 - exp(-s)) / s.
    CHECK(models::laplace(Distribution::uniform(0, 1), 3) ==
          doctest::Approx((1 - std::exp(-3.0)) / 3).epsilon(1e-9));
    // A Weibull law of shape 1 is exponential.
    CHECK(models::laplace(Distribution::weibull(1, 2), 3) == doctest::Approx(1.0 / 7).epsilon(1e-9));
    CHECK(models::laplace(Distribution::exponential(1), 0) == 1);
}

TEST_CASE("the time until one of several is free") {
    CHECK(models::mean_least_excess(Distribution::exponential(2), 4) == doctest::Approx(0.5));
    CHECK(models::mean_least_excess(Distribution::constant(2), 4) == doctest::Approx(0.4));
    // Of an Erlang law with two phases of rate 2, three workers: the integral of exp(-6 t) (1 + t)^3.
    CHECK(models::mean_least_excess(Distribution::erlang(2, 1), 3) ==
          doctest::Approx(1.0 / 6 + 3.0 / 36 + 6.0 / 216 + 6.0 / 1296).epsilon(1e-4));
    CHECK(models::mean_least_excess(Distribution::weibull(1, 2), 4) == doctest::Approx(0.5).epsilon(1e-4));
}

TEST_CASE("phases of a law have its tails") {
    const Distribution mix =
        Distribution::mixture({0.3, 0.7}, {Distribution::exponential(1), Distribution::erlang(2, 4)});
    const auto phases = models::as_phases(mix);
    REQUIRE(phases);
    CHECK(phases->count() == 3);
    CHECK(variance(*phases) == doctest::Approx(mix.variance()));
    for (const double p : {0.1, 0.5, 0.95, 0.999})
        CHECK(mix.cdf(*quantile(*phases, p)) == doctest::Approx(p).epsilon(1e-9));
    CHECK_FALSE(models::as_phases(Distribution::lognormal(1, 1)));
    CHECK_FALSE(models::as_phases(Distribution::erlang(101, 1)));
}

TEST_CASE("stays in a row add up, also where some are skipped") {
    const Phases fast{{1}, {{-3}}}, slow{{1}, {{-1}}}, seldom{{0.25}, {{-2}}};
    const auto sum = models::in_series(fast, slow);
    REQUIRE(sum);
    for (const double p : {0.2, 0.5, 0.99})
        CHECK(1 - survival({3, 1}, *quantile(*sum, p)) == doctest::Approx(p).epsilon(1e-10));
    // A quarter also stays at the one in the middle.
    const std::vector<double> entry = {1, 0, 0};
    const std::vector<Phases> stays = {fast, seldom, slow};
    const std::vector<std::vector<double>> next = {{0, 1, 0}, {0, 0, 1}, {0, 0, 0}};
    const auto row = models::through_stages(entry, stays, next);
    REQUIRE(row);
    for (const double p : {0.2, 0.5, 0.99}) {
        const double x = *quantile(*row, p);
        CHECK(0.75 * survival({3, 1}, x) + 0.25 * survival({3, 2, 1}, x) ==
              doctest::Approx(1 - p).epsilon(1e-10));
    }
}

TEST_CASE("the quantile of a law with an atom at 0") {
    const Phases wait{{0.8}, {{-0.2}}};
    CHECK(*quantile(wait, 0.1) == 0);
    CHECK(*quantile(wait, 0.95) == doctest::Approx(std::log(0.8 / 0.05) / 0.2));
}
