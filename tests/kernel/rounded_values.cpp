// Promised: the probability of what was rounded, of any law by its density; both ways to round.
// Shown: against the integral of the distribution function of exponential, gamma and Weibull laws, also with an infinite
// density at 0, and that all probabilities add up to 1.
#include "kernel/rounded_values.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "kernel/distribution.h"
#include "kernel/special_functions.h"

using namespace understudy;
using kernel::Distribution;
using kernel::RoundedValues;
using kernel::Rounding;

namespace {

/// The probability of one value, by a fine sum over the distribution function.
double by_sum(const Distribution& law, double value, Rounding rounding) {
    const auto below = [&](double x) { return x > 0 ? law.cdf(x) : 0.0; };
    if (rounding == Rounding::nearest) return below(value + 0.5) - below(value - 0.5);
    const int parts = 20000;
    double sum = 0;
    for (int i = 0; i < parts; ++i) {
        const double at = (i + 0.5) / parts;
        sum += (below(value + at) - below(value - 1 + at)) / parts;
    }
    return sum;
}

}  // namespace

TEST_CASE("rounded values: the probability of each, by the density of a law") {
    constexpr double finite = std::numeric_limits<double>::quiet_NaN();
    for (const Rounding rounding : {Rounding::nearest, Rounding::both_ends})
        for (const double value : {0.0, 1.0, 2.0, 7.0}) {
            // The neighbour's count must change nothing.
            for (const bool alone : {true, false}) {
                std::map<double, double> counts = {{value, 1}};
                if (!alone) counts[value + 1] = 0;
                const RoundedValues rounded(counts, 1, rounding);
                INFO("rounding ", static_cast<int>(rounding), " value ", value, " alone ", alone);
                const double mean = 1.7;
                CHECK(
                    std::exp(rounded.of_density([&](double x, double) { return -x / mean - std::log(mean); },
                                                finite)) ==
                    doctest::Approx(by_sum(Distribution::exponential(mean), value, rounding)).epsilon(1e-6));
                // A density without end at 0.
                const double shape = 0.3, scale = 2;
                CHECK(std::exp(rounded.of_density(
                          [&](double, double log_x) {
                              const double power = shape * (log_x - std::log(scale));
                              return std::log(shape) - log_x + power - std::exp(power);
                          },
                          1 - std::exp(-std::pow(rounded.reach() / scale, shape)))) ==
                      doctest::Approx(by_sum(Distribution::weibull(shape, scale), value, rounding))
                          .epsilon(2e-3));
            }
        }
}

TEST_CASE("rounded values: they add up to all, and stand beside densities") {
    std::map<double, double> counts;
    for (double value = 0; value < 60; value += 0.5) counts[value] = 1;
    for (const Rounding rounding : {Rounding::nearest, Rounding::both_ends}) {
        const RoundedValues rounded(counts, 0.5, rounding);
        CHECK(rounded.reach() == (rounding == Rounding::nearest ? 0.25 : 0.5));
        CHECK(rounded.below(-1) == 0);
        CHECK(rounded.below(0) == 0.5);
        CHECK(rounded.below(1) == 1);
        double sum = 0;
        for (const RoundedValues::Cell& cell : rounded.cells()) {
            const RoundedValues one({{cell.value, 1}}, 0.5, rounding);
            // Of a probability over the unit.
            sum += 0.5 * std::exp(one.of_density([](double x, double) { return -x / 3 - std::log(3.0); },
                                                 std::numeric_limits<double>::quiet_NaN()));
        }
        CHECK(sum == doctest::Approx(1).epsilon(1e-6));
    }
}
