// Promised: how long a level remembers comes out of a few replications, and what all of them share does not count; what does
// not vary, or is too short, is said to be unknown. Shown: on autoregressive series, whose autocorrelation time is known.
#include "kernel/autocorrelation.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernel/random.h"
#include "kernel/special_functions.h"

using namespace understudy::kernel;

namespace {

/// First-order autoregressive, from its stationary law: correlated with itself over (1 + phi) / (1 - phi) places.
std::vector<double> remembering(Stream& stream, std::size_t length, double phi) {
    std::vector<double> series;
    double value = normal_quantile(stream.uniform()) / std::sqrt(1 - phi * phi);
    for (std::size_t i = 0; i < length; ++i) {
        series.push_back(value);
        value = phi * value + normal_quantile(stream.uniform());
    }
    return series;
}

}  // namespace

TEST_CASE("the window closes at five times the time, or not at all") {
    // Autocorrelations of 1/2, 1/4, ...: half of their sum, forwards and backwards, is 1.5.
    const auto halves = [](std::size_t lag) { return std::ldexp(1.0, -static_cast<int>(lag)); };
    CHECK(*windowed_time(100, halves) == doctest::Approx(1.5).epsilon(0.01));
    CHECK_FALSE(windowed_time(6, halves));
    CHECK(*windowed_time(8, halves) == doctest::Approx(1.5).epsilon(0.01));
    CHECK(*windowed_time(100, [](std::size_t) { return -0.9; }) == 0.5);
    CHECK_FALSE(windowed_time(1000, [](std::size_t) { return 1.0; }));
}

TEST_CASE("relaxation: known within a fifth from thirty replications, whatever all of them share") {
    Stream stream(stream_key(11, 0, "relaxation", Purpose::check));
    for (const double phi : {0.5, 0.9, 0.98}) {
        const double truth = 0.5 * (1 + phi) / (1 - phi);
        std::vector<std::vector<double>> series;
        for (int r = 0; r < 30; ++r) series.push_back(remembering(stream, 1000, phi));
        CAPTURE(phi);
        CHECK(relaxation(series) == doctest::Approx(truth).epsilon(0.2));
        // A day's ups and downs, and a start far away, are the same in all of them.
        for (auto& one : series)
            for (std::size_t i = 0; i < one.size(); ++i)
                one[i] += (i / 100 % 2 == 0 ? 20 : -20) + (i < 50 ? 100 : 0);
        CHECK(relaxation(series) == doctest::Approx(truth).epsilon(0.2));
        CHECK(relaxation(std::span(series).first(1)) > 0);
    }
}

TEST_CASE("relaxation: of what nothing can be said") {
    CHECK(relaxation({}) == 0);
    const std::vector<std::vector<double>> empty(3), constant(3, std::vector<double>(20, 4.0));
    CHECK(relaxation(empty) == 0);
    CHECK(relaxation(constant) == 0);
    // The mean of ten times 0.1 is not quite 0.1, and what rounding leaves goes on for ever.
    const std::vector<std::vector<double>> tenths(10, std::vector<double>(200, 0.1));
    CHECK(relaxation(tenths) == 0);
    Stream stream(stream_key(11, 0, "no relaxation", Purpose::check));
    std::vector<std::vector<double>> independent;
    for (int r = 0; r < 10; ++r) independent.push_back(remembering(stream, 500, 0));
    CHECK(relaxation(independent) == doctest::Approx(0.5).epsilon(0.2));
    // Longer series are put together, and the answer stays in their places.
    std::vector<std::vector<double>> fine;
    for (int r = 0; r < 10; ++r) fine.push_back(remembering(stream, 20'000, 0.99));
    CHECK(relaxation(fine) == doctest::Approx(0.5 * 1.99 / 0.01).epsilon(0.25));
}
