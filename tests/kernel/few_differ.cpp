// Promised: where few pairs differ a mean difference is never told from 0 by fewer of them than a sign test takes, zeros
// alone do not make it 0, and the interval holds the mean at least as often as it says; where many differ, or none are
// alike, nothing is said.
// Shown: the smallest cases by hand, and thousands of samples of rare counts.
#include "kernel/few_differ.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "tests/coverage.h"

using namespace understudy;

namespace {

/// `pairs` differences: rarely 1, or `large`, more; as rarely less where it is `even`.
std::vector<double> sample(std::size_t pairs, double rare, double large, bool even, std::uint64_t number) {
    kernel::Stream stream(kernel::stream_key(1, number, "pairs", kernel::Purpose::other));
    std::vector<double> values;
    for (std::size_t i = 0; i < pairs; ++i) {
        const double size = stream.uniform() < 0.5 ? 1 : large;
        const bool differs = stream.uniform() < rare;
        const bool less = even && stream.uniform() < 0.5;
        values.push_back(differs ? (less ? -size : size) : 0);
    }
    return values;
}

}  // namespace

TEST_CASE("six pairs that differ by 0, 1, 2, 1, 0, 0 tell nothing") {
    const std::vector<double> errors{0, 1, 2, 1, 0, 0};
    const auto interval = kernel::few_differ_interval(errors, 1, 0.95);
    REQUIRE(interval);
    CHECK(interval->centre == doctest::Approx(2.0 / 3));
    CHECK(interval->low < 0);
    CHECK(interval->high > 1);
    // The sign test's chance of three of three is 0.125, and at 75 % two-sided it is told.
    CHECK(kernel::few_differ_interval(errors, 1, 0.75)->low < 0);
    CHECK(kernel::few_differ_interval(errors, 1, 0.3)->low > 0);
}

TEST_CASE("pairs that are all equal may differ by one count, where that is what is counted") {
    const std::vector<double> zeros(30, 0.0);
    const auto counts = kernel::few_differ_interval(zeros, 1, 0.95);
    REQUIRE(counts);
    CHECK(counts->centre == 0);
    CHECK(counts->high ==
          doctest::Approx(1 - std::pow(0.0125, 1.0 / 30)));  // Clopper and Pearson's of 0 in 30
    CHECK(counts->low == -counts->high);
    const auto others = kernel::few_differ_interval(zeros, 0, 0.95);
    REQUIRE(others);
    CHECK(others->low == 0);
    CHECK(others->high == 0);
}

TEST_CASE("nothing is said of values that are not alike, or of which enough differ") {
    CHECK_FALSE(kernel::few_differ_interval(std::vector<double>{0.1, 0.2, -0.3, 0.4}, 0, 0.95));
    CHECK_FALSE(kernel::few_differ_interval(std::vector<double>{0}, 1, 0.95));
    std::vector<double> many(40, 0.0);
    for (std::size_t i = 0; i < kernel::enough_differ; ++i) many[i] = 1 + 0.1 * static_cast<double>(i);
    CHECK_FALSE(kernel::few_differ_interval(many, 1, 0.95));
    many[0] = 0;
    CHECK(kernel::few_differ_interval(many, 1, 0.95));
}

TEST_CASE("what most have in common need not be 0") {
    const std::vector<double> values{3, 3, 3, 3, 3, 3, 3, 4, 3, 3};
    const auto interval = kernel::few_differ_interval(values, 1, 0.95);
    REQUIRE(interval);
    CHECK(interval->low < 3);
    CHECK(interval->high > 3.4);
    CHECK(interval->high < 3.6);
}

TEST_CASE("coverage: rare counts, in one direction and in both") {
    const int samples = tests::runs_of(400);
    for (const double rare : {0.02, 0.1, 0.3})
        for (const std::size_t pairs : {6U, 30U})
            for (const bool even : {false, true}) {
                const double large = 2;
                const double mean = even ? 0 : rare * (1 + large) / 2;
                int held = 0, by_student = 0, judged = 0;
                for (int i = 0; i < samples; ++i) {
                    const auto values = sample(pairs, rare, large, even, static_cast<std::uint64_t>(i));
                    const auto interval = kernel::few_differ_interval(values, 1, 0.95);
                    if (!interval) continue;
                    ++judged;
                    held += interval->contains(mean);
                    by_student += kernel::student_interval(values, 0.95)->contains(mean);
                }
                CAPTURE(rare);
                CAPTURE(pairs);
                CAPTURE(even);
                if (tests::coverage_is_asked())
                    MESSAGE(pairs << " pairs, " << 100 * rare << " % differ"
                                  << std::string(even ? " in both directions" : "") << ": held "
                                  << 100.0 * held / judged << " %, Student's alone "
                                  << 100.0 * by_student / judged << " %");
                REQUIRE(judged > 0.9 * samples);
                CHECK(held >= 0.95 * judged);
            }
}
