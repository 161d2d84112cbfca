// Promised: however often one looks, a mean at 0 is taken to be on one side no more often than the chance that was given,
// and a mean that is far off is told at the first look.
// Shown: thousands of sequences of normal, uniform and skewed values whose mean is 0, looked at seven times each.
#include "kernel/sequential_test.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernel/exact_math.h"
#include "kernel/random.h"
#include "kernel/special_functions.h"

using namespace understudy;
using kernel::Side;

namespace {

/// How many of `sequences` are decided for the worse within seven looks.
template <class Draw>
int decided(int sequences, double chance, Side wrong, Draw draw) {
    int count = 0;
    for (int s = 0; s < sequences; ++s) {
        kernel::Stream stream(
            kernel::stream_key(1, static_cast<std::uint64_t>(s), "values", kernel::Purpose::other));
        std::vector<double> values;
        for (int look = 1; look <= 7; ++look) {
            while (values.size() < kernel::values_at_look(look)) values.push_back(draw(stream.uniform()));
            const Side side = kernel::side_of_zero(values, look, chance, chance);
            if (side == wrong) ++count;
            if (side != Side::undecided) break;
        }
    }
    return count;
}

}  // namespace

TEST_CASE("looks: values by half as many again, chances that sum to all") {
    std::vector<std::size_t> values;
    for (int look = 1; look <= 6; ++look) values.push_back(kernel::values_at_look(look));
    CHECK(values == std::vector<std::size_t>{5, 8, 12, 18, 27, 41});
    double sum = 0;
    for (int look = 1; look <= 100'000; ++look) sum += kernel::part_of_look(look);
    CHECK(sum == doctest::Approx(1).epsilon(1e-4));
}

TEST_CASE("coverage: a mean of 0 is decided as rarely as was asked") {
    constexpr int sequences = 4000;
    const double allowed = 0.05 * sequences + 3 * std::sqrt(0.05 * 0.95 * sequences);
    const auto normal = [](double u) { return kernel::normal_quantile(u); };
    const auto uniform = [](double u) { return u - 0.5; };
    CHECK(decided(sequences, 0.05, Side::below, normal) <= allowed);
    CHECK(decided(sequences, 0.05, Side::above, normal) <= allowed);
    CHECK(decided(sequences, 0.05, Side::below, uniform) <= allowed);
}

TEST_CASE("a mean far off is told at the first look, one on the line is not") {
    CHECK(kernel::side_of_zero(std::vector<double>{-10, -11, -9, -10, -10.5}, 1, 0.01, 0.01) == Side::below);
    CHECK(kernel::side_of_zero(std::vector<double>{10, 11, 9, 10, 10.5}, 1, 0.01, 0.01) == Side::above);
    CHECK(kernel::side_of_zero(std::vector<double>{-1, 1, -1, 1, 0}, 1, 0.01, 0.01) == Side::undecided);
    CHECK(kernel::side_of_zero(std::vector<double>{-2, -2}, 1, 0.01, 0.01) == Side::below);
    CHECK(kernel::side_of_zero(std::vector<double>{0, 0, 0}, 1, 0.01, 0.01) == Side::undecided);
    CHECK(kernel::side_of_zero(std::vector<double>{-2}, 1, 0.01, 0.01) == Side::undecided);
}
