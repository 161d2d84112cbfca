// Promised: indices and effects of a noisy function are those of the function without its noise, within their intervals
// as often as these say; what noise alone makes is not taken for an effect. Shown: the function of Ishigami and Homma
// (1990), whose indices are known, under noise of its own spread; a linear function; noise alone.
#include "kernel/sensitivity.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "kernel/random.h"
#include "kernel/special_functions.h"
#include "tests/coverage.h"

using namespace understudy::kernel;

namespace {

double ishigami(const std::vector<double>& u) {
    const auto x = [&](std::size_t i) { return std::numbers::pi * (2 * u[i] - 1); };
    return std::sin(x(0)) + 7 * std::pow(std::sin(x(1)), 2) + 0.1 * std::pow(x(2), 4) * std::sin(x(0));
}

double linear(const std::vector<double>& u) { return 100 + 4 * u[0] - 2 * u[1] + 0 * u[2]; }

double nothing(const std::vector<double>&) { return 0; }

/// In line in M/M/1, as load and speed vary; the third factor has no part in it.
double waiting(const std::vector<double>& u) {
    const double load = (0.6 + 0.3 * u[0]) * (1 - 0.2 * u[1]);
    return load * load / (1 - load);
}

/// Noise that the points of a row have in part in common, as models under common random numbers do.
std::vector<Reply> asked(const Design& design, double (*f)(const std::vector<double>&), double noise,
                         std::uint64_t seed) {
    std::vector<Reply> replies;
    for (std::size_t i = 0; i < design.points.size(); ++i) {
        Stream row(stream_key(seed, i / design.points_of_row, "row", Purpose::check));
        Stream own(stream_key(seed, i, "own", Purpose::check));
        const auto disturbed = [&] {
            return f(design.points[i]) +
                   noise * (0.8 * normal_quantile(row.uniform()) + 0.6 * normal_quantile(own.uniform()));
        };
        const double first = disturbed();
        replies.push_back({first, disturbed()});
    }
    return replies;
}

using understudy::tests::runs_of;

}  // namespace

TEST_CASE("coverage: Sobol's indices of Ishigami's function under noise of its own size") {
    // analysis_dev.json, sobol-ishigami
    const double first[] = {0.31390519114781146, 0.4424111447900409, 0.0};
    const double total[] = {0.5575888552099592, 0.4424111447900409, 0.2436836640621477};
    const int runs = runs_of(60);
    // Sobol's constants of it, a = 7 and b = 0.1: the mean a / 2, and the variance as below.
    int held[6] = {}, noise_held = 0, mean_held = 0, variance_held = 0;
    double mean[6] = {};
    for (int run = 0; run < runs; ++run) {
        const auto seed = static_cast<std::uint64_t>(run) + 1;
        const Design design = sobol_design(3, 400, seed);
        // The variance of the function is 13.84.
        const auto found =
            sobol_indices(design, asked(design, ishigami, std::sqrt(13.844587940719254), seed), 0.95);
        REQUIRE(found.has_value());
        for (std::size_t i = 0; i < 3; ++i) {
            held[i] += found->first[i].contains(first[i]);
            held[3 + i] += found->total[i].contains(total[i]);
            mean[i] += found->first[i].centre / runs;
            mean[3 + i] += found->total[i].centre / runs;
        }
        noise_held += found->noise.contains(0.5);
        mean_held += found->mean.contains(3.5);
        variance_held += found->variance.contains(13.844587940719254);
    }
    for (int i = 0; i < 6; ++i) {
        MESSAGE((i < 3 ? "first " : "total ") << i % 3 + 1 << ": mean " << mean[i] << ", held "
                                              << 100.0 * held[i] / runs << " % of " << runs);
        CHECK(held[i] >= 0.87 * runs);
        CHECK(mean[i] == doctest::Approx(i < 3 ? first[i] : total[i - 3]).epsilon(0.08));
    }
    MESSAGE("noise held " << 100.0 * noise_held / runs << " %");
    CHECK(noise_held >= 0.87 * runs);
    MESSAGE("mean held " << 100.0 * mean_held / runs << " %, variance " << 100.0 * variance_held / runs
                         << " %");
    CHECK(mean_held >= 0.87 * runs);
    CHECK(variance_held >= 0.87 * runs);
}

TEST_CASE("noise alone has no indices, and few rows say nothing") {
    int said = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const Design design = sobol_design(2, 50, seed);
        said += sobol_indices(design, asked(design, nothing, 1, seed), 0.95).has_value();
    }
    CHECK(said <= 6);
    const Design few = sobol_design(3, least_sobol_rows - 1, 1);
    CHECK_FALSE(sobol_indices(few, asked(few, linear, 0, 1), 0.95).has_value());
    const Design still = sobol_design(2, 50, 1);
    CHECK_FALSE(sobol_indices(still, asked(still, nothing, 0, 1), 0.95).has_value());
}

TEST_CASE("a row of Sobol's design takes over one coordinate after another") {
    const Design design = sobol_design(3, 20, 7);
    REQUIRE(design.points_of_row == 5);
    REQUIRE(design.rows() == 20);
    for (std::size_t row = 0; row < 20; ++row) {
        const auto* point = &design.points[row * 5];
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t j = 0; j < 3; ++j) CHECK(point[2 + i][j] == (i == j ? point[1] : point[0])[j]);
    }
    // The first rows of a longer design are the same: a study can go on.
    const Design more = sobol_design(3, 40, 7);
    for (std::size_t i = 0; i < design.points.size(); ++i) CHECK(design.points[i] == more.points[i]);
    CHECK(sobol_design(3, 20, 8).points != design.points);
}

TEST_CASE("Morris's effects of a linear function are its slopes; steps stay in the grid, each factor once") {
    const Design design = morris_design(3, 30, 3);
    REQUIRE(design.points_of_row == 4);
    for (std::size_t row = 0; row < 30; ++row) {
        std::vector<int> moved(3);
        for (std::size_t step = 1; step < 4; ++step)
            for (std::size_t i = 0; i < 3; ++i) {
                const double now = design.points[row * 4 + step][i],
                             before = design.points[row * 4 + step - 1][i];
                if (now != before) {
                    ++moved[i];
                    CHECK(std::abs(now - before) == 0.5);
                }
                CHECK(now > 0);
                CHECK(now < 1);
            }
        CHECK(moved == std::vector<int>{1, 1, 1});
    }
    const auto still = elementary_effects(design, asked(design, linear, 0, 1), 0.95);
    REQUIRE(still.has_value());
    CHECK((*still)[0].mean.centre == doctest::Approx(4));
    CHECK((*still)[1].mean.centre == doctest::Approx(-2));
    CHECK((*still)[1].magnitude.centre == doctest::Approx(2));
    CHECK((*still)[2].magnitude.centre == 0);
    CHECK((*still)[0].standard_deviation == doctest::Approx(0).epsilon(1e-9));
    // Rounding is no effect.
    std::vector<Reply> rounded = asked(design, linear, 0, 1);
    for (std::size_t i = 0; i < rounded.size(); ++i) {
        const double ulp = i % 2 == 0 ? 1 : 1 + 2e-16;
        rounded[i] = {3 * ulp, 3 * ulp};
    }
    const auto unmoved = elementary_effects(design, rounded, 0.95);
    REQUIRE(unmoved.has_value());
    for (const ElementaryEffects& none : *unmoved) {
        CHECK(none.magnitude.centre == 0);
        CHECK(none.mean.high == 0);
    }
    // Noise makes no curve of a straight line.
    double deviation = 0;
    int held = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const Design another = morris_design(3, 30, seed);
        const auto noisy = elementary_effects(another, asked(another, linear, 0.5, seed), 0.95);
        REQUIRE(noisy.has_value());
        deviation += (*noisy)[0].standard_deviation / 40;
        held += (*noisy)[0].mean.contains(4);
    }
    CHECK(deviation < 0.35);
    CHECK(held >= 34);
}

TEST_CASE("coverage: Morris's effects, their size and how they bend") {
    // What each effect is, its size, and how it differs, over all places that a step may begin at.
    struct Truth {
        double mean = 0, size = 0, deviation = 0;
    };
    const auto truth_of = [](double (*f)(const std::vector<double>&), std::size_t factor) {
        std::vector<double> effects;
        for (std::size_t place = 0; place < 64; ++place) {
            const std::size_t levels[] = {place % 4, place / 4 % 4, place / 16};
            if (levels[factor] >= 2) continue;
            std::vector<double> from, to;
            for (const std::size_t at_level : levels)
                from.push_back((static_cast<double>(at_level) + 0.5) / 4);
            to = from;
            to[factor] += 0.5;
            effects.push_back((f(to) - f(from)) / 0.5);
        }
        Truth truth;
        for (const double effect : effects) {
            truth.mean += effect / 32;
            truth.size += std::abs(effect) / 32;
        }
        for (const double effect : effects)
            truth.deviation += (effect - truth.mean) * (effect - truth.mean) / 32;
        truth.deviation = std::sqrt(truth.deviation);
        return truth;
    };
    struct Case {
        std::string name;
        double (*f)(const std::vector<double>&);
        double noise;  // spread of a reply
        bool skewed = false;
    };
    const int runs = runs_of(200);
    const bool is_asked = understudy::tests::coverage_is_asked();
    for (const Case& one : {Case{"a straight line, little noise", linear, 0.5},
                            {"a straight line", linear, 3},
                            {"Ishigami's function, little noise", ishigami, 1},
                            {"Ishigami's function", ishigami, 3.7},
                            {"a queue", waiting, 0.3, true}})
        for (const std::size_t rows : {std::size_t{6}, std::size_t{10}, std::size_t{30}, std::size_t{100}}) {
            if (!is_asked && rows != 30) continue;
            int mean[3] = {}, size[3] = {};
            double deviation[3] = {};
            for (int run = 1; run <= runs; ++run) {
                const auto seed = static_cast<std::uint64_t>(run);
                const Design design = morris_design(3, rows, seed);
                auto replies = asked(design, one.skewed ? nothing : one.f, one.noise, seed);
                if (one.skewed)  // noise in proportion, lognormal
                    for (std::size_t i = 0; i < replies.size(); ++i)
                        for (double* reply : {&replies[i].first, &replies[i].second})
                            *reply = one.f(design.points[i]) * std::exp(*reply - one.noise * one.noise / 2);
                const auto found = elementary_effects(design, replies, 0.95);
                REQUIRE(found.has_value());
                for (std::size_t i = 0; i < 3; ++i) {
                    const Truth truth = truth_of(one.f, i);
                    mean[i] += (*found)[i].mean.contains(truth.mean);
                    size[i] += (*found)[i].magnitude.contains(truth.size);
                    deviation[i] += (*found)[i].standard_deviation / runs;
                }
            }
            for (std::size_t i = 0; i < 3; ++i) {
                const std::string what =
                    one.name + ", " + std::to_string(rows) + " rows, factor " + std::to_string(i + 1);
                const Truth truth = truth_of(one.f, i);
                if (is_asked)
                    MESSAGE(what << ": effect held " << 100.0 * mean[i] / runs << " %, size "
                                 << 100.0 * size[i] / runs << " %, deviation " << deviation[i]
                                 << " where it is " << truth.deviation);
                // Of 200 runs, 4 standard errors below 93. Few rows of a queue are skewed, and hold 88 to 91 percent.
                const double least = (!is_asked || rows < 30 ? 0.86 : 0.92) * runs;
                CHECK_MESSAGE(mean[i] >= least, what);
                CHECK_MESSAGE(size[i] >= least, what);
            }
        }
}

TEST_CASE("Morris: fewer rows than tell a factor that acts in two ways say nothing") {
    const Design few = morris_design(3, least_morris_rows - 1, 1);
    CHECK_FALSE(elementary_effects(few, asked(few, linear, 0, 1), 0.95).has_value());
}

TEST_CASE("Morris's effects of Ishigami's function: the third factor acts through the first alone") {
    const Design design = morris_design(3, 200, 5);
    const auto found = elementary_effects(design, asked(design, ishigami, 1, 5), 0.95);
    REQUIRE(found.has_value());
    CHECK((*found)[2].magnitude.low > 0.5);
    CHECK((*found)[2].mean.contains(0));
    CHECK((*found)[2].standard_deviation > 1);
}
