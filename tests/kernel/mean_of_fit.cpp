// Promised: a family that describes the many and not what the few add up to is not chosen, where another has the mean; one that
// fits is believed, whatever a value or two make of the mean. Shown: samples by hand and of known laws.
#include "kernel/mean_of_fit.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#include "kernel/random.h"
#include "tests/coverage.h"

using namespace understudy;
using kernel::Distribution;
using kernel::Family;
using kernel::Sample;

namespace {

Sample of_law(const Distribution& law, std::size_t count, std::uint64_t number) {
    kernel::Stream stream(kernel::stream_key(23, number, "means", kernel::Purpose::other));
    Sample sample;
    for (std::size_t i = 0; i < count; ++i) sample.observed.push_back(law.draw(stream.uniform()));
    return sample;
}

double mean_of(const Sample& sample) {
    double sum = 0;
    for (const double value : sample.observed) sum += value;
    return sum / static_cast<double>(sample.observed.size());
}

}  // namespace

TEST_CASE("mean of a fit: the chance of a mean") {
    // A hundred values of mean 10 and deviation 10: 12 is two standard errors off.
    CHECK(kernel::chance_of_mean(Distribution::exponential(10), 12, 100) ==
          doctest::Approx(0.0455).epsilon(0.01));
    CHECK(kernel::chance_of_mean(Distribution::exponential(10), 8, 100) ==
          doctest::Approx(0.0455).epsilon(0.01));
    CHECK(kernel::chance_of_mean(Distribution::exponential(10), 20, 100) < 1e-9);
    // Without a variance: one of the values makes up for all, and too small a mean is what most samples have.
    const Distribution heavy = Distribution::pareto(1.5, 1);
    CHECK(kernel::chance_of_mean(heavy, 5, 100) == doctest::Approx(100 * std::pow(203, -1.5)));
    CHECK(kernel::chance_of_mean(heavy, 2, 100) == 1);
    CHECK(kernel::chance_of_mean(Distribution::pareto(0.9, 1), 2, 100) == 1);
    CHECK(kernel::chance_of_mean(Distribution::constant(3), 3, 5) == 1);
    CHECK(kernel::chance_of_mean(Distribution::constant(3), 4, 5) == 0);
}

TEST_CASE("mean of a fit: many at the least value, and a few that are long") {
    // Forty of an hour, seven of 17 to 41.
    Sample sample;
    for (int i = 0; i < 40; ++i) sample.observed.push_back(3600);
    for (int i = 0; i < 7; ++i) sample.observed.push_back(3600 * (17 + 4 * i));
    const auto pareto = kernel::fit(Family::pareto, sample);
    REQUIRE(pareto);
    CHECK(pareto->law.mean() < mean_of(sample) / 2);
    CHECK(kernel::misses_mean(*pareto, sample));
    const auto choice = kernel::choose_family(sample);
    REQUIRE(choice);
    REQUIRE(choice->refused);
    CHECK(choice->refused->family == Family::pareto);
    CHECK(choice->chosen.law.mean() == doctest::Approx(mean_of(sample)).epsilon(0.02));
    // What had not ended has no mean to hold it against.
    sample.censored = {50};
    CHECK_FALSE(kernel::misses_mean(*pareto, sample));
}

TEST_CASE("mean of a fit: a true family is believed") {
    const int runs = tests::runs_of(30);
    const std::pair<Family, Distribution> truths[] = {{Family::lognormal, Distribution::lognormal(10, 2)},
                                                      {Family::pareto, Distribution::pareto(2.2, 3)},
                                                      {Family::uniform, Distribution::uniform(2, 20)},
                                                      {Family::gamma, Distribution::gamma(40, 0.6)}};
    for (const auto& [family, law] : truths) {
        int missed = 0;
        for (int run = 0; run < runs; ++run) {
            const Sample sample = of_law(law, 100, static_cast<std::uint64_t>(run));
            const auto fitted = kernel::fit(family, sample);
            REQUIRE(fitted);
            missed += kernel::misses_mean(*fitted, sample) ? 1 : 0;
        }
        if (tests::coverage_is_asked())
            std::printf("mean of a fit: %s missed in %.2f %%\n", std::string(kernel::name_of(family)).c_str(),
                        100.0 * missed / runs);
        CHECK(missed <= 1 + runs / 100);
    }
}
