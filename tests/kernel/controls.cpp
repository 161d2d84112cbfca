// Promised: a mean corrected by what is known of other quantities has no bias, is as much surer as the controls explain,
// and its interval holds as often as it says; controls that tell nothing do no harm.
// Shown: exact cases by hand, and 2000 experiments with normal values whose correlation is known.
#include "kernel/controls.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernel/distribution.h"
#include "kernel/random.h"
#include "kernel/special_functions.h"

using namespace understudy;
using namespace understudy::kernel;

namespace {

double normal(Stream& stream) { return normal_quantile(stream.uniform()); }

}  // namespace

TEST_CASE("a control that explains everything leaves no width, and the exact mean") {
    // Values 10 + 3 c, of which c has the expectation 0.
    const std::vector<std::vector<double>> controls = {{1, 2, -1, 0.5, 4}};
    std::vector<double> values;
    for (const double c : controls[0]) values.push_back(10 + 3 * c);
    const auto found = controlled_interval(values, controls, 0.95);
    REQUIRE(found);
    CHECK(found->centre == doctest::Approx(10));
    CHECK(found->half_width() == doctest::Approx(0).epsilon(1e-9));
    for (const double value : controlled_values(values, controls)) CHECK(value == doctest::Approx(10));
}

TEST_CASE("without controls, or with ones that do not vary or repeat others, it is Student's interval") {
    const std::vector<double> values = {3, 1, 4, 1, 5, 9, 2, 6};
    const auto plain = mean_interval(values, 0.9);
    const auto none = controlled_interval(values, {}, 0.9);
    REQUIRE(none);
    CHECK(none->centre == doctest::Approx(plain->centre));
    CHECK(none->low == doctest::Approx(plain->low));
    CHECK(none->high == doctest::Approx(plain->high));

    const std::vector<std::vector<double>> constant = {std::vector<double>(values.size(), 0.25)};
    CHECK(controlled_interval(values, constant, 0.9)->low == doctest::Approx(plain->low));

    const std::vector<double> control = {0.1, -0.2, 0.3, -0.1, 0, 0.2, -0.4, 0.1};
    std::vector<double> twice = control;
    for (double& value : twice) value *= 2;
    const std::vector<std::vector<double>> one = {control}, repeated = {control, twice};
    CHECK(controlled_interval(values, one, 0.9)->low == controlled_interval(values, repeated, 0.9)->low);
}

TEST_CASE("too few values for their controls give nothing") {
    const std::vector<double> values = {1, 2, 3};
    const std::vector<std::vector<double>> controls = {{1, 0, 2}};
    CHECK(!controlled_interval(values, controls, 0.95));
    CHECK(controlled_values(values, controls).empty());
}

TEST_CASE("coverage: intervals hold as often as they say, and are narrower by what is explained") {
    constexpr int experiments = 2000, size = 20;
    Stream stream(stream_key(11, 0, "controls", Purpose::check));
    for (const double correlation : {0.0, 0.7, 0.95}) {
        int held = 0;
        double width = 0, plain = 0, mean = 0;
        for (int i = 0; i < experiments; ++i) {
            std::vector<double> values;
            std::vector<std::vector<double>> controls(2);
            for (int k = 0; k < size; ++k) {
                const double shared = normal(stream);
                controls[0].push_back(2 * shared);
                controls[1].push_back(normal(stream));
                values.push_back(5 + correlation * shared +
                                 std::sqrt(1 - correlation * correlation) * normal(stream));
            }
            const auto found = controlled_interval(values, controls, 0.95);
            held += found->contains(5);
            width += found->half_width() / experiments;
            plain += mean_interval(values, 0.95)->half_width() / experiments;
            mean += found->centre / experiments;
        }
        CAPTURE(correlation);
        CHECK(held / double(experiments) > 0.935);
        CHECK(held / double(experiments) < 0.965);
        CHECK(std::abs(mean - 5) < 0.02);
        // Two controls of twenty values cost a tenth of the width.
        CHECK(width / plain ==
              doctest::Approx(std::sqrt(1 - correlation * correlation) * 1.08).epsilon(0.05));
    }
}
