// Promised: differences of pairs and of independent samples, and standings beside the best, with intervals that hold as
// often as they say. Shown: values by hand, and coverage experiments with fixed seeds.
#include "kernel/comparison.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/special_functions.h"

using namespace understudy::kernel;

namespace {

Stream stream_of(const char* name) { return Stream(stream_key(11, 0, name, Purpose::check)); }

double normal(Stream& stream) { return normal_quantile(stream.uniform()); }

}  // namespace

TEST_CASE("pairs under the same random numbers") {
    Stream stream = stream_of("pairs");
    std::vector<double> baseline;
    std::vector<double> candidate;
    for (int i = 0; i < 20; ++i) {
        const double u = stream.uniform();
        baseline.push_back(Distribution::exponential(10.0).draw(u));
        candidate.push_back(Distribution::exponential(9.0).draw(u));
    }
    const auto pair = paired_difference(baseline, candidate, 0.95);
    REQUIRE(pair);
    CHECK(pair->order == Difference::Order::candidate_lower);
    CHECK(pair->correlation == doctest::Approx(1.0));
    CHECK(pair->variance_ratio == doctest::Approx(181.0));
    CHECK(pair->estimate.high < 0.0);
    CHECK(paired_difference(candidate, baseline, 0.95)->order == Difference::Order::candidate_higher);
    const auto same = paired_difference(baseline, baseline, 0.95);
    CHECK(same->order == Difference::Order::undecided);
    CHECK(same->estimate.low == 0);
    CHECK(same->estimate.high == 0);
    CHECK(std::isinf(same->variance_ratio));
    const std::vector<double> flat(5, 2.0);
    CHECK(paired_difference(flat, flat, 0.95)->variance_ratio == 1.0);
    CHECK_FALSE(paired_difference(std::vector<double>{1.0}, std::vector<double>{1.0}, 0.95));
}

TEST_CASE("independent samples by Welch") {
    // Means 3 and 7, variances 2.5 and 10 over 5 each: error sqrt(2.5), 5.882 degrees of freedom.
    const std::vector<double> a{1, 2, 3, 4, 5}, b{3, 5, 7, 9, 11};
    const auto difference = independent_difference(a, b, 0.95);
    REQUIRE(difference);
    CHECK(difference->estimate.centre == doctest::Approx(4.0));
    const double t = student_quantile(0.975, 6.25 / (0.25 / 4 + 4.0 / 4));
    CHECK(difference->estimate.half_width() == doctest::Approx(t * std::sqrt(2.5)));
    CHECK(difference->order == Difference::Order::candidate_higher);
    CHECK_FALSE(independent_difference(a, std::vector<double>{1.0}, 0.95));
    const std::vector<double> flat(4, 2.0);
    CHECK(independent_difference(flat, flat, 0.95)->estimate.half_width() == 0);
}

TEST_CASE("coverage: differences of pairs and of independent samples") {
    Stream stream = stream_of("difference coverage");
    constexpr int experiments = 2000;
    int of_pairs = 0, of_independent = 0;
    for (int i = 0; i < experiments; ++i) {
        std::vector<double> a, b, c;
        for (int k = 0; k < 12; ++k) {
            const double shared = normal(stream);
            a.push_back(shared + 0.5 * normal(stream));
            b.push_back(0.3 + shared + normal(stream));
        }
        for (int k = 0; k < 7; ++k) c.push_back(0.3 + 3 * normal(stream));
        of_pairs += paired_difference(a, b, 0.95)->estimate.contains(0.3);
        of_independent += independent_difference(a, c, 0.95)->estimate.contains(0.3);
    }
    // Three standard errors of a share of 95 percent in 2000 are 1.5 points.
    CHECK(std::abs(of_pairs - 0.95 * experiments) < 0.015 * experiments);
    CHECK(std::abs(of_independent - 0.95 * experiments) < 0.015 * experiments);
}

TEST_CASE("coverage: a difference from two intervals") {
    // By hand: limits 1 below and 2 above the one, 3 below and 4 above the other.
    const Estimate a{1, 0.95, 10, 9, 12, 0}, b{1, 0.95, 20, 17, 24, 0};
    const Difference known = difference_of_intervals(a, b);
    CHECK(known.estimate.centre == 10);
    CHECK(known.estimate.low == doctest::Approx(10 - std::sqrt(9.0 + 4.0)));
    CHECK(known.estimate.high == doctest::Approx(10 + std::sqrt(16.0 + 1.0)));
    CHECK(known.order == Difference::Order::candidate_higher);
    CHECK(difference_of_intervals(b, a).order == Difference::Order::candidate_lower);
    Stream stream = stream_of("intervals coverage");
    constexpr int experiments = 2000;
    int held = 0;
    for (int i = 0; i < experiments; ++i) {
        std::vector<double> x, y;
        for (int k = 0; k < 20; ++k) x.push_back(normal(stream));
        for (int k = 0; k < 12; ++k) y.push_back(0.3 + 3 * normal(stream));
        held +=
            difference_of_intervals(*mean_interval(x, 0.95), *mean_interval(y, 0.95)).estimate.contains(0.3);
    }
    CHECK(held >= 0.935 * experiments);
    CHECK(held <= 0.975 * experiments);
}

TEST_CASE("standings beside the best") {
    const auto interval = [](double low, double high) {
        return Estimate{10, 0.95, 0.5 * (low + high), low, high, 1};
    };
    // 0 is 1..3 lower than 1 and 4..6 lower than 2; 1 is 2..4 lower than 2.
    const std::vector<std::vector<Estimate>> differences{
        {{}, interval(-3, -1), interval(-6, -4)},
        {interval(1, 3), {}, interval(-4, -2)},
        {interval(4, 6), interval(2, 4), {}},
    };
    const auto low = compare_with_best(differences, true);
    CHECK(low[0].place == Standing::Place::best);
    CHECK(low[0].high == -1);
    CHECK(low[1].place == Standing::Place::not_best);
    CHECK(low[1].low == 1);
    CHECK(low[2].place == Standing::Place::not_best);
    const auto high = compare_with_best(differences, false);
    CHECK(high[2].place == Standing::Place::best);
    CHECK(high[2].low == 2);
    CHECK(high[0].place == Standing::Place::not_best);
    CHECK(each_of(0.95, 5) == doctest::Approx(0.99));
}

TEST_CASE("coverage: standings of four settings hold together") {
    Stream stream = stream_of("standings coverage");
    constexpr int experiments = 1000;
    const std::vector<double> truth{1.0, 1.1, 1.4, 2.0};
    int held = 0, wrong = 0;
    for (int i = 0; i < experiments; ++i) {
        std::vector<std::vector<double>> samples(truth.size());
        for (int k = 0; k < 10; ++k) {
            const double shared = normal(stream);
            for (std::size_t s = 0; s < truth.size(); ++s)
                samples[s].push_back(truth[s] + shared +
                                     (0.2 + 0.1 * static_cast<double>(s)) * normal(stream));
        }
        std::vector<std::vector<Estimate>> differences(4, std::vector<Estimate>(4));
        for (std::size_t a = 0; a < 4; ++a)
            for (std::size_t b = 0; b < 4; ++b)
                if (a != b)
                    differences[a][b] = paired_difference(samples[b], samples[a], each_of(0.95, 6))->estimate;
        const auto standings = compare_with_best(differences, true);
        bool all = true;
        for (std::size_t a = 0; a < 4; ++a) {
            const double mine = truth[a] - (a == 0 ? truth[1] : truth[0]);
            all = all && standings[a].low <= mine && mine <= standings[a].high;
            wrong += (a == 0 && standings[a].place == Standing::Place::not_best) ||
                     (a != 0 && standings[a].place == Standing::Place::best);
        }
        held += all;
    }
    CHECK(held >= 0.95 * experiments);
    CHECK(wrong <= 0.05 * experiments);
}
