// Promised: overlapping batch means find the variance constant of an average of one long run, and an interval that holds
// it as often as it says; a run of few independent stretches has none. Shown: against the definition, on autoregressive
// series with known constants over several seeds, on ratios, and on what is too short, constant, or has a trend.
#include "kernel/batch_means.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernel/random.h"
#include "kernel/special_functions.h"

using namespace understudy::kernel;

namespace {

/// X(t) = phi X(t-1) + e, e normal with variance 1, from its steady state, in as many parts as tell most. The variance
/// constant of its mean is 1 / (1 - phi)^2.
std::vector<Part> autoregressive(double phi, std::size_t length, std::uint64_t seed) {
    Stream random(StreamKey{seed});
    std::vector<Part> parts(most_parts);
    double x = normal_quantile(random.uniform()) / std::sqrt(1 - phi * phi);
    for (std::size_t t = 0; t < length; ++t) {
        Part& part = parts[t * most_parts / length];
        part.sum += x;
        part.base += 1;
        x = phi * x + normal_quantile(random.uniform());
    }
    return parts;
}

std::vector<Part> of_values(const std::vector<double>& values) {
    std::vector<Part> parts;
    for (const double value : values) parts.push_back({value, 1});
    return parts;
}

}  // namespace

TEST_CASE("batch means: by their definition") {
    const auto parts = autoregressive(0.5, 3 * most_parts, 1);
    const auto found = batch_means(parts);
    REQUIRE(found.has_value());
    double sum = 0, base = 0;
    for (const Part& part : parts) {
        sum += part.sum;
        base += part.base;
    }
    CHECK(found->base == base);
    CHECK(found->average == doctest::Approx(sum / base));
    // Meketon and Schmeiser 1984, eq. 1: n m / ((n - m)(n - m + 1)) times the sum of squares, over n for the mean.
    const std::size_t n = parts.size(), m = found->batch;
    double squares = 0;
    for (std::size_t first = 0; first + m <= n; ++first) {
        double mean = 0;
        for (std::size_t i = first; i < first + m; ++i) mean += parts[i].sum / static_cast<double>(m);
        const double distance = mean - sum / static_cast<double>(n);
        squares += distance * distance;
    }
    const double of_part_means =
        static_cast<double>(m) * squares / static_cast<double>(n - m) / static_cast<double>(n - m + 1);
    CHECK(found->variance == doctest::Approx(of_part_means / 9).epsilon(1e-9));
    CHECK(found->freedom == doctest::Approx(1.5 * (static_cast<double>(n) / static_cast<double>(m) - 1)));
}

TEST_CASE("batch means: the variance constant of an autoregressive series") {
    for (const double phi : {0.0, 0.5, 0.9, -0.5}) {
        CAPTURE(phi);
        constexpr int seeds = 40;
        const std::size_t length = 96'000;
        double constant = 0, stretches = 0;
        int held = 0;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            const auto parts = autoregressive(phi, length, seed);
            const auto found = batch_means(parts);
            REQUIRE(found.has_value());
            constant += found->variance * found->base / seeds;
            stretches += found->stretches / seeds;
            held += batch_means_interval(parts, 0.95)->contains(0.0) ? 1 : 0;
        }
        const double exact = 1 / ((1 - phi) * (1 - phi));
        // A single one has 22 degrees of freedom, 40 have 900: a standard error of 5 percent.
        CHECK(constant > 0.85 * exact);
        CHECK(constant < 1.15 * exact);
        CHECK(held >= 33);
        CHECK(stretches > 600);
        CHECK(stretches <= most_parts);
    }
}

TEST_CASE("batch means: independent stretches are counted") {
    // 2000 values with a correlation of 0.95 from one to the next: 2000 * (1 - phi) / (1 + phi) = 51.
    double stretches = 0;
    constexpr int seeds = 50;
    int counted = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
        if (const auto found = batch_means(autoregressive(0.95, 2000, seed))) {
            stretches += found->stretches;
            ++counted;
        }
    CHECK(counted >= 45);
    CHECK(stretches / counted > 40);
    CHECK(stretches / counted < 85);
}

TEST_CASE("batch means: a ratio is that of the sums, and its error that of residuals") {
    // Each part has another number of items, and the more it has the higher they are.
    Stream random(StreamKey{7});
    int held = 0;
    constexpr int runs = 100;
    for (int run = 0; run < runs; ++run) {
        std::vector<Part> parts(400);
        for (Part& part : parts) {
            part.base = static_cast<double>(random.below(7));
            part.sum = part.base * (part.base + random.uniform());
        }
        // E[K (K + U)] / E[K] of K uniform in 0..6: (13 + 1.5) / 3.
        const auto interval = batch_means_interval(parts, 0.95);
        REQUIRE(interval.has_value());
        held += interval->contains(14.5 / 3) ? 1 : 0;
    }
    CHECK(held >= 88);
    CHECK(held < runs);
}

TEST_CASE("batch means: the limits of a skewed law reach farther where its tail is") {
    // Something rare: once in 500 parts, of which a Poisson number would be 0.03 to 5.6.
    std::vector<double> values(500);
    values[170] = 500;
    const auto right = batch_means_interval(of_values(values), 0.95);
    for (double& value : values) value = -value;
    const auto left = batch_means_interval(of_values(values), 0.95);
    REQUIRE(right.has_value());
    REQUIRE(left.has_value());
    CHECK(right->high > 4);
    CHECK(right->high < 10);
    CHECK(right->low > -1);
    CHECK(left->low == doctest::Approx(-right->high));
    CHECK(left->high == doctest::Approx(-right->low));
    const auto cut = batch_means_interval(of_values(values), 0.95, {-2, 0});
    CHECK(cut->low == -2);
    CHECK(cut->high == 0);
    CHECK(cut->level == 0.95);
    CHECK(cut->count == 500 / batch_means(of_values(values))->batch);
}

TEST_CASE("batch means: what is too short, empty, constant, or grows") {
    CHECK_FALSE(batch_means({}).has_value());
    CHECK_FALSE(batch_means(of_values(std::vector<double>(fewest_parts - 1, 1.0))).has_value());
    CHECK_FALSE(batch_means(std::vector<Part>(200)).has_value());
    // Correlated over a tenth of the run and more.
    int refused = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        refused += batch_means(autoregressive(0.99, 1000, seed)).has_value() ? 0 : 1;
    CHECK(refused >= 16);
    std::vector<double> trend;
    for (int i = 0; i < 500; ++i) trend.push_back(i + 10 * std::sin(i));
    CHECK_FALSE(batch_means_interval(of_values(trend), 0.95).has_value());
    const auto constant = batch_means_interval(of_values(std::vector<double>(200, 3.0)), 0.95);
    REQUIRE(constant.has_value());
    CHECK(constant->low == 3);
    CHECK(constant->high == 3);
    // Parts without data stand for themselves: nothing came.
    std::vector<Part> sparse(400);
    for (std::size_t i = 0; i < sparse.size(); i += 5) sparse[i] = {static_cast<double>(i % 3), 1};
    const auto found = batch_means(sparse);
    REQUIRE(found.has_value());
    CHECK(found->base == 80);
}
