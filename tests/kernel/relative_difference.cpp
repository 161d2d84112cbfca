// Promised: equal samples differ by exactly 0; the interval holds the ratio of the means as often as it says, in pairs and
// of independent samples; it says of a limit what Student's test of candidate - (1 + limit) baseline says; a baseline that
// may be 0 bounds nothing.
// Shown: small samples, and thousands of pairs that share what is random in them.
#include "kernel/relative_difference.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernel/intervals.h"
#include "kernel/random.h"
#include "kernel/special_functions.h"
#include "tests/coverage.h"

using namespace understudy;

namespace {

struct Samples {
    std::vector<double> baseline, candidate;
};

/// Means 10 and 11: both have `shared` of their spread from the same numbers.
Samples samples(std::size_t size, double shared, std::uint64_t number) {
    kernel::Stream stream(kernel::stream_key(2, number, "pairs", kernel::Purpose::other));
    const auto normal = [&] { return kernel::normal_quantile(stream.uniform()); };
    Samples made;
    for (std::size_t i = 0; i < size; ++i) {
        const double common = 3 * shared * normal(), own = 3 * std::sqrt(1 - shared * shared);
        made.baseline.push_back(10 + common + own * normal());
        made.candidate.push_back(11 + common + own * normal());
    }
    return made;
}

}  // namespace

TEST_CASE("equal samples differ by exactly 0, multiples by exactly their factor") {
    const std::vector<double> values{1.1, 2.7, 0.4, 3.3};
    const auto same = kernel::paired_relative_difference(values, values, 0.95);
    REQUIRE(same);
    CHECK(same->centre == 0);
    CHECK(same->low == 0);
    CHECK(same->high == 0);
    const std::vector<double> once{10.1, 12.7, 9.4, 13.3}, twice{20.2, 25.4, 18.8, 26.6};
    const auto doubled = kernel::paired_relative_difference(once, twice, 0.95);
    REQUIRE(doubled);
    REQUIRE(doubled->low);
    CHECK(*doubled->low == doctest::Approx(1));
    CHECK(*doubled->high == doctest::Approx(1));
}

TEST_CASE("a baseline that may be 0 bounds nothing") {
    const std::vector<double> baseline{1, -1, 2, -1.5}, candidate{3, 2, 4, 1};
    const auto found = kernel::paired_relative_difference(baseline, candidate, 0.95);
    REQUIRE(found);
    CHECK_FALSE(found->low);
    CHECK_FALSE(
        kernel::paired_relative_difference(std::vector<double>{0, 0, 0}, std::vector<double>{1, 2, 3}, 0.95));
    CHECK_FALSE(kernel::paired_relative_difference(baseline, std::vector<double>{1, 2}, 0.95));
    CHECK_FALSE(kernel::independent_relative_difference(std::vector<double>{1}, candidate, 0.95));
}

TEST_CASE("the interval says of a limit what the test of its sign says") {
    for (std::uint64_t i = 0; i < 50; ++i) {
        const Samples made = samples(12, 0.9, i);
        const auto found = kernel::paired_relative_difference(made.baseline, made.candidate, 0.9);
        REQUIRE(found->low);
        for (const double limit : {0.0, 0.05, 0.1, 0.15, 0.3}) {
            std::vector<double> excess;
            for (std::size_t k = 0; k < made.baseline.size(); ++k)
                excess.push_back(made.candidate[k] - (1 + limit) * made.baseline[k]);
            const auto sign = kernel::student_interval(excess, 0.9);
            CHECK((*found->high < limit) == (sign->high < 0));
            CHECK((*found->low > limit) == (sign->low > 0));
        }
    }
}

TEST_CASE("coverage: ratios of means, in pairs and of independent samples") {
    const int runs = tests::runs_of(1000);
    for (const std::size_t size : {8U, 30U})
        for (const double shared : {0.0, 0.95}) {
            int paired = 0, independent = 0;
            for (int i = 0; i < runs; ++i) {
                const Samples made = samples(size, shared, static_cast<std::uint64_t>(i));
                const auto pairs = kernel::paired_relative_difference(made.baseline, made.candidate, 0.95);
                const auto alone =
                    kernel::independent_relative_difference(made.baseline, made.candidate, 0.95);
                REQUIRE(pairs->low);
                REQUIRE(alone->low);
                paired += *pairs->low <= 0.1 && 0.1 <= *pairs->high;
                independent += *alone->low <= 0.1 && 0.1 <= *alone->high;
            }
            CAPTURE(size);
            CAPTURE(shared);
            if (tests::coverage_is_asked())
                MESSAGE(size << " pairs, correlation " << shared * shared << ": pairs held "
                             << 100.0 * paired / runs << " %, independent " << 100.0 * independent / runs
                             << " %");
            CHECK(paired >= 0.93 * runs);
            CHECK(paired <= 0.97 * runs);
            CHECK(independent >= 0.93 * runs);
        }
}
