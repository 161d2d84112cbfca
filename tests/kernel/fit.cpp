// Promised: the family that a sample comes from is found in at least 90 of 100 samples of 1000 values, over eight
// families; 95-percent intervals of parameters, rates and shares hold the truth in 93 to 97 of 100, also where part of the
// sample is censored or in whole units of which the mean has a few; estimates are the most likely ones; no law without a
// mean is chosen. Of coarse units no more is left that would tell.
// Shown: samples drawn from known laws, few in the tests, thousands where UNDERSTUDY_COVERAGE asks; closed forms by
// hand; that no neighbour of an estimate is more likely.
#include "kernel/fit.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernel/goodness_of_fit.h"
#include "kernel/random.h"
#include "tests/coverage.h"

using namespace understudy;
using kernel::Distribution;
using kernel::Family;

namespace {

struct Truth {
    Family family;
    Distribution law;
    std::vector<double> parameters;  ///< in the order of FittedLaw::parameters
};

std::vector<Truth> truths() {
    const auto exponential = [](double mean) { return Distribution::exponential(mean); };
    return {{Family::uniform, Distribution::uniform(2, 7), {2, 7}},
            {Family::exponential, exponential(40), {40}},
            {Family::gamma, Distribution::gamma(40, 0.6), {40, 0.6}},
            {Family::lognormal, Distribution::lognormal(40, 0.5), {40, 0.5}},
            {Family::weibull, Distribution::weibull(1.6, 30), {1.6, 30}},
            {Family::normal, Distribution::normal(20, 4), {20, 4}},
            {Family::pareto, Distribution::pareto(2.5, 3), {2.5, 3}},
            {Family::hyperexponential,
             Distribution::mixture({0.7, 0.3}, {exponential(2), exponential(30)}),
             {0.7, 2, 30}}};
}

/// With this mean, or near it.
std::vector<Truth> truths_about(double mean) {
    const auto exponential = [](double value) { return Distribution::exponential(value); };
    return {{Family::uniform, Distribution::uniform(0.4 * mean, 1.6 * mean), {0.4 * mean, 1.6 * mean}},
            {Family::exponential, exponential(mean), {mean}},
            {Family::gamma, Distribution::gamma(mean, 0.6), {mean, 0.6}},
            {Family::lognormal, Distribution::lognormal(mean, 0.5), {mean, 0.5}},
            {Family::weibull, Distribution::weibull(1.6, mean), {1.6, mean}},
            {Family::normal, Distribution::normal(mean, 0.25 * mean), {mean, 0.25 * mean}},
            {Family::pareto, Distribution::pareto(2.5, 0.6 * mean), {2.5, 0.6 * mean}},
            {Family::hyperexponential,
             Distribution::mixture({0.7, 0.3}, {exponential(mean / 3), exponential(2.5 * mean)}),
             {0.7, mean / 3, 2.5 * mean}}};
}

/// `unit`: as the difference of two instants that were cut to multiples of it; 0: exactly.
kernel::Sample draw(const Distribution& law, std::size_t count, std::uint64_t number, double unit = 0) {
    kernel::Stream stream(kernel::stream_key(7, number, "sample", kernel::Purpose::other));
    kernel::Sample sample;
    sample.resolution = unit;
    for (std::size_t i = 0; i < count; ++i)
        sample.observed.push_back(kernel::rounded_draw(law, unit, kernel::Rounding::both_ends, stream));
    return sample;
}

/// What is longer than `end` is only known to be.
kernel::Sample cut(const kernel::Sample& whole, double end) {
    kernel::Sample sample;
    for (const double value : whole.observed)
        if (value > end)
            sample.censored.push_back(end);
        else
            sample.observed.push_back(value);
    return sample;
}

/// Are `hits` of `trials` within low..high, as far as so many can tell?
bool within(int hits, int trials, double low, double high) {
    const double share = static_cast<double>(hits) / trials;
    const double chance = 3.5 * std::sqrt(0.95 * 0.05 / trials);
    return tests::coverage_is_asked() ? share >= low && share <= high
                                      : share >= low - chance && share <= high + chance;
}

}  // namespace

TEST_CASE("fit: closed forms") {
    kernel::Sample sample{{1, 2, 3, 6}, {}, 0};
    CHECK(kernel::fit(Family::exponential, sample)->parameters[0].estimate == doctest::Approx(3));
    CHECK(kernel::fit(Family::exponential, sample)->log_likelihood ==
          doctest::Approx(-4 * std::log(3.0) - 4));
    sample.censored = {4};
    CHECK(kernel::fit(Family::exponential, sample)->parameters[0].estimate == doctest::Approx(4));
    const kernel::Sample two{{4, 4, 4}, {}, 0};
    CHECK(kernel::choose_family(two)->chosen.family == Family::constant);
    CHECK(kernel::choose_family(two)->chosen.law.mean() == 4);
    CHECK(!kernel::choose_family({}));
    const kernel::Sample zeros{{0, 0, 0}, {}, 0};
    CHECK(kernel::choose_family(zeros)->chosen.law.mean() == 0);
    // Mean and deviation of logarithms 0 and 1: mean exp(0.5), cv sqrt(e - 1).
    const double e = std::exp(1.0);
    const kernel::Sample logs{{e, 1 / e, 1 / e, e}, {}, 0};
    CHECK(kernel::fit(Family::lognormal, logs)->parameters[0].estimate == doctest::Approx(std::exp(0.5)));
    CHECK(kernel::fit(Family::lognormal, logs)->parameters[1].estimate == doctest::Approx(std::sqrt(e - 1)));
}

TEST_CASE("fit: no neighbour is more likely") {
    for (const Truth& truth : truths()) {
        if (truth.family == Family::uniform || truth.family == Family::pareto ||
            truth.family == Family::hyperexponential)
            continue;
        const kernel::Sample sample = draw(truth.law, 200, 1);
        const auto fitted = kernel::fit(truth.family, sample);
        REQUIRE(fitted);
        const auto likelihood = [&](const Distribution& law) {
            // The density by a difference of the distribution function.
            double sum = 0;
            for (const double x : sample.observed) {
                const double h = 1e-5 * x;
                sum += std::log((law.cdf(x + h) - law.cdf(x - h)) / (2 * h));
            }
            return sum;
        };
        const double best = likelihood(fitted->law);
        CHECK(best == doctest::Approx(fitted->log_likelihood).epsilon(1e-6));
        for (const auto& parameter : fitted->parameters)
            for (const double factor : {0.99, 1.01}) {
                const auto other = fitted->law.with_parameter(parameter.name, parameter.estimate * factor);
                REQUIRE(other);
                INFO(kernel::name_of(truth.family), " ", parameter.name);
                CHECK(likelihood(*other) < best);
            }
    }
}

TEST_CASE("fit: the family of 1000 values is found") {
    const int runs = tests::runs_of(12);
    int all = 0, right = 0;
    for (const Truth& truth : truths()) {
        int found = 0;
        std::map<std::string, int> taken;
        for (int run = 0; run < runs; ++run) {
            const auto choice = kernel::choose_family(draw(truth.law, 1000, static_cast<std::uint64_t>(run)));
            REQUIRE(choice);
            found += choice->chosen.family == truth.family ? 1 : 0;
            ++taken[std::string(kernel::name_of(choice->chosen.family))];
        }
        if (tests::coverage_is_asked())
            std::printf("fit: %s found in %.2f %%\n", std::string(kernel::name_of(truth.family)).c_str(),
                        100.0 * found / runs);
        INFO(kernel::name_of(truth.family), ": ", found, " of ", runs);
        CHECK(found >= 0.9 * runs - 1.5);
        right += found;
        all += runs;
    }
    CHECK(right >= 0.9 * all);
}

TEST_CASE("fit: whole units, of which the mean has a few") {
    // What is left of a deviation of 0.75 s tells a normal law from a Weibull law in 81 of 100 logs; see the next case.
    const int runs = tests::runs_of(12);
    for (const double mean : {3.0, 6.0, 30.0})
        for (const Truth& truth : truths_about(mean)) {
            int found = 0, finite = 0;
            std::vector<int> hits(truth.parameters.size());
            for (int run = 0; run < runs; ++run) {
                const kernel::Sample sample =
                    draw(truth.law, 1000, static_cast<std::uint64_t>(run) + 1000, 1);
                const auto choice = kernel::choose_family(sample);
                REQUIRE(choice);
                found += choice->chosen.family == truth.family ? 1 : 0;
                finite += std::fabs(choice->chosen.law.mean() / truth.law.mean() - 1) < 0.25 ? 1 : 0;
                const auto fitted = kernel::fit(truth.family, sample);
                REQUIRE(fitted);
                const auto sure = kernel::with_intervals(*fitted, sample, 0.95);
                for (std::size_t i = 0; i < hits.size(); ++i)
                    hits[i] += sure.parameters[i].low <= truth.parameters[i] &&
                                       truth.parameters[i] <= sure.parameters[i].high
                                   ? 1
                                   : 0;
            }
            const std::string name(kernel::name_of(truth.family));
            INFO(name, " about ", mean, ": ", found, " of ", runs);
            CHECK(found >= (truth.family == Family::normal && mean < 10 ? 0.75 : 0.9) * runs - 1.5);
            CHECK(finite == runs);
            if (tests::coverage_is_asked())
                std::printf("fit: whole units, %s about %g found in %.2f %%\n", name.c_str(), mean,
                            100.0 * found / runs);
            for (std::size_t i = 0; i < hits.size(); ++i) {
                if (tests::coverage_is_asked())
                    std::printf("fit: whole units, %s about %g, parameter %zu: %.2f %%\n", name.c_str(), mean,
                                i, 100.0 * hits[i] / runs);
                const double chance = 3.5 * std::sqrt(0.95 * 0.05 / runs);
                CHECK(hits[i] >= (0.93 - chance) * runs);
            }
        }
}

namespace {

/// The probability that a duration shows as so many whole units, begin and end both cut: the second difference of the
/// integral of its distribution function.
std::vector<double> shown_as(const Distribution& law, int most) {
    constexpr int steps = 400;
    std::vector<double> integral = {0, 0};
    double before = law.cdf(0);
    for (int unit = 0; unit <= most; ++unit) {
        double sum = integral.back();
        for (int i = 1; i <= steps; ++i) {
            const double now = law.cdf(unit + static_cast<double>(i) / steps);
            sum += (now + before) / 2 / steps;
            before = now;
        }
        integral.push_back(sum);
    }
    std::vector<double> shown;
    for (std::size_t i = 1; i + 1 < integral.size(); ++i)
        shown.push_back(integral[i + 1] - 2 * integral[i] + integral[i - 1]);
    return shown;
}

}  // namespace

TEST_CASE(
    "fit: a normal law in whole units is told from the nearest Weibull law about as well as it can be") {
    // Parameters of the Weibull law whose relative entropy is least. Of two known laws no test is better than the ratio of
    // their likelihoods (Neyman and Pearson 1933): it finds the normal one of 1000 values in 84.7 percent about 3 s, and
    // the other in 85.1; about 6 s in 91.5 and 92.2.
    const int runs = tests::runs_of(40);
    for (const auto& [mean, weibull] : {std::pair(3.0, Distribution::weibull(4.466, 3.288)),
                                        std::pair(6.0, Distribution::weibull(4.439, 6.574))}) {
        const Distribution normal = Distribution::normal(mean, 0.25 * mean);
        const std::vector<double> p = shown_as(normal, 40), q = shown_as(weibull, 40);
        CHECK(p[2] == doctest::Approx(normal.cdf(2.5) - normal.cdf(1.5)).epsilon(0.3));
        for (const bool is_normal : {true, false}) {
            int found = 0, best = 0;
            for (int run = 0; run < runs; ++run) {
                const kernel::Sample sample =
                    draw(is_normal ? normal : weibull, 1000, static_cast<std::uint64_t>(run) + 1000, 1);
                double ratio = 0;
                for (const double value : sample.observed) {
                    const auto at = static_cast<std::size_t>(value);
                    ratio += std::log(std::max(p[at], 1e-300) / std::max(q[at], 1e-300));
                }
                best += (ratio > 0) == is_normal ? 1 : 0;
                const auto choice = kernel::choose_family(sample);
                REQUIRE(choice);
                found += choice->chosen.family == (is_normal ? Family::normal : Family::weibull) ? 1 : 0;
            }
            const std::string name = is_normal ? "normal" : "weibull";
            INFO(name, " about ", mean, ": ", found, " of ", runs, ", best ", best);
            CHECK(found >= best - 0.05 * runs - 1);
            if (tests::coverage_is_asked())
                std::printf(
                    "fit: whole units, %s about %g of two laws found in %.2f %%, by the best test in %.2f "
                    "%%\n",
                    name.c_str(), mean, 100.0 * found / runs, 100.0 * best / runs);
        }
    }
}

TEST_CASE("fit: what is rounded counts by its probability") {
    // Two thirds of 5 and a third of 6: what takes 5 1/3 always looks so.
    const kernel::Sample two{{5, 5, 6, 5, 5, 6, 5, 6, 5}, {}, 1};
    const auto always = kernel::choose_family(two);
    REQUIRE(always);
    CHECK(always->chosen.family == Family::constant);
    CHECK(always->chosen.law.mean() == doctest::Approx(16.0 / 3));
    // But not where the value itself was rounded.
    kernel::Sample nearest = two;
    nearest.rounding = kernel::Rounding::nearest;
    CHECK(!kernel::fit(Family::constant, nearest));
    // A pile at 0 is no end of a law.
    const kernel::Sample whole = draw(Distribution::exponential(1), 1000, 3, 1);
    CHECK(kernel::choose_family(whole)->chosen.family == Family::exponential);
    CHECK(kernel::choose_family(whole)->chosen.law.mean() == doctest::Approx(1).epsilon(0.1));
    // Fine units change nothing that counts.
    const kernel::Sample fine = draw(Distribution::gamma(40, 0.6), 500, 4, 1e-3);
    const kernel::Sample exact{fine.observed, {}, 0};
    CHECK(kernel::fit(Family::gamma, fine)->log_likelihood ==
          kernel::fit(Family::gamma, exact)->log_likelihood);
}

TEST_CASE("fit: a law without a mean is not chosen") {
    const auto choice = kernel::choose_family(draw(Distribution::pareto(0.7, 3), 500, 5));
    REQUIRE(choice);
    CHECK(std::isfinite(choice->chosen.law.mean()));
    REQUIRE(choice->refused);
    CHECK(choice->refused->family == Family::pareto);
    // Nor one that its user has no use for; but one is.
    const kernel::Sample sample = draw(Distribution::gamma(40, 0.6), 500, 6);
    const auto no_gamma = kernel::choose_family(
        sample, [](const kernel::FittedLaw& one) { return one.family != Family::gamma; });
    CHECK(no_gamma->chosen.family != Family::gamma);
    CHECK(no_gamma->refused->family == Family::gamma);
    const auto none = kernel::choose_family(sample, [](const kernel::FittedLaw&) { return false; });
    CHECK(none->chosen.family == Family::gamma);
    CHECK(!none->refused);
}

TEST_CASE("fit: intervals hold the truth") {
    const int runs = tests::runs_of(60);
    for (const std::size_t size : {std::size_t{30}, std::size_t{200}, std::size_t{1000}})
        for (const bool censored : {false, true})
            for (const Truth& truth : truths()) {
                if (censored && truth.family == Family::uniform) continue;
                if (size == 1000 && !tests::coverage_is_asked()) continue;  // takes a minute
                // Two mixed laws cannot be told from 30 values.
                if (truth.family == Family::hyperexponential && size < 200) continue;
                std::vector<int> hits(truth.parameters.size());
                int made = 0;
                for (int run = 0; run < runs; ++run) {
                    kernel::Sample sample = draw(truth.law, size, static_cast<std::uint64_t>(run) + 1000);
                    if (censored) sample = cut(sample, truth.law.quantile(0.8));
                    auto fitted = kernel::fit(truth.family, sample);
                    if (!fitted) continue;
                    ++made;
                    fitted = kernel::with_intervals(*fitted, sample, 0.95);
                    for (std::size_t i = 0; i < hits.size(); ++i)
                        hits[i] += fitted->parameters[i].low <= truth.parameters[i] &&
                                           truth.parameters[i] <= fitted->parameters[i].high
                                       ? 1
                                       : 0;
                }
                REQUIRE(made > 0.9 * runs);
                for (std::size_t i = 0; i < hits.size(); ++i) {
                    if (tests::coverage_is_asked())
                        std::printf("fit: %zu of %s%s, parameter %zu: %.2f %%\n", size,
                                    std::string(kernel::name_of(truth.family)).c_str(),
                                    censored ? ", a fifth censored" : "", i, 100.0 * hits[i] / made);
                    INFO(kernel::name_of(truth.family), " ", size, " ", censored, " parameter ", i);
                    CHECK(within(hits[i], made, 0.93, 0.97));
                }
            }
}

TEST_CASE("fit: rates and shares hold the truth") {
    const int runs = tests::runs_of(400);
    for (const double rate : {3.0, 30.0}) {
        int hits = 0;
        for (int run = 0; run < runs; ++run) {
            kernel::Stream stream(
                kernel::stream_key(9, static_cast<std::uint64_t>(run), "rate", kernel::Purpose::other));
            const Distribution between = Distribution::exponential(1 / rate);
            double time = between.draw(stream);
            int count = 0;
            // Exposures differ, as those of recordings do.
            const double length = 5 + 2 * stream.uniform();
            for (; time < length; time += between.draw(stream)) ++count;
            const kernel::Interval interval = kernel::rate_interval(count, length, 0.95);
            hits += interval.low <= rate && rate <= interval.high ? 1 : 0;
        }
        if (tests::coverage_is_asked()) std::printf("fit: rate %g: %.2f %%\n", rate, 100.0 * hits / runs);
        CHECK(within(hits, runs, 0.93, 0.97));
    }
    for (const double share : {0.05, 0.3}) {
        int hits = 0;
        for (int run = 0; run < runs; ++run) {
            kernel::Stream stream(
                kernel::stream_key(11, static_cast<std::uint64_t>(run), "share", kernel::Purpose::other));
            const int trials = 100 + static_cast<int>(stream.below(100));
            int count = 0;
            for (int i = 0; i < trials; ++i) count += stream.uniform() < share ? 1 : 0;
            const kernel::Interval interval = kernel::share_limits(count, trials, 0.95);
            hits += interval.low <= share && share <= interval.high ? 1 : 0;
        }
        if (tests::coverage_is_asked()) std::printf("fit: share %g: %.2f %%\n", share, 100.0 * hits / runs);
        CHECK(within(hits, runs, 0.93, 0.97));
    }
    CHECK(kernel::share_limits(0, 10, 0.95).low == 0);
    CHECK(kernel::share_limits(10, 10, 0.95).high == 1);
    CHECK(kernel::share_limits(0, 0, 0.95).high == 1);
}
