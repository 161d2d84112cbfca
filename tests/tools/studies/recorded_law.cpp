// Promised: a recorded law has the mean of its sample, draws nothing outside of it, and keeps its shape: long tails, several
// humps, a share of zeros. Shown: samples by hand.
#include "tools/studies/recorded_law.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

using namespace understudy;

namespace {

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("mean and range are the sample's") {
    std::vector<double> tail;
    for (int i = 1; i <= 1000; ++i) tail.push_back(1e6 / (i * i));
    std::vector<double> humps;
    for (int i = 0; i < 50; ++i) humps.push_back(i % 2 == 0 ? 1 + i : 10000 + i);
    for (std::vector<double> sample : {tail, humps, {3.0}, {1.0, 2.0}, {0.0, 0.0, 0.0, 9.0}}) {
        const kernel::Distribution law = studies::recorded_law(sample).terms.at(0).law;
        CAPTURE(sample.size());
        CHECK(law.mean() == doctest::Approx(mean_of(sample)));
        std::sort(sample.begin(), sample.end());
        for (int i = 0; i < 500; ++i) {
            const double drawn = law.draw((i + 0.5) / 500);
            CHECK(drawn >= sample.front() - 1e-9);
            CHECK(drawn <= sample.back() + 1e-9);
        }
    }
}

TEST_CASE("a share of zeros stays, and nothing is no law") {
    std::vector<double> sample(60, 0);
    for (int i = 0; i < 40; ++i) sample.push_back(100 + i);
    const kernel::Distribution law = studies::recorded_law(sample).terms.at(0).law;
    int zeros = 0;
    for (int i = 0; i < 1000; ++i) zeros += law.draw((i + 0.5) / 1000) == 0 ? 1 : 0;
    CHECK(zeros == doctest::Approx(600).epsilon(0.01));
    CHECK(studies::recorded_law({}).empty());
    CHECK(studies::recorded_law({0, 0}).empty());
    CHECK(studies::recorded_law({5, 5, 5, 5}).is_constant());
}
