#include "kernel/intervals.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "tests/coverage.h"

using namespace understudy::kernel;

namespace {

Stream stream_of(const char* name) { return Stream(stream_key(11, 0, name, Purpose::check)); }

/// Steps of an autoregressive process of first order around 0, started far from it.
std::vector<double> settling(Stream& stream, std::size_t length, double start, double memory) {
    std::vector<double> series(length);
    double level = start;
    for (double& value : series) {
        level = memory * level + normal_quantile(stream.uniform());
        value = level;
    }
    return series;
}

}  // namespace

TEST_CASE("the interval of a mean") {
    CHECK_FALSE(mean_interval(std::vector<double>{}, 0.95));
    CHECK_FALSE(mean_interval(std::vector<double>{1.0}, 0.95));
    // t(0.975, 4) = 2.7764451051977987; the standard deviation of 1..5 is sqrt(2.5).
    const auto interval = mean_interval(std::vector<double>{1, 2, 3, 4, 5}, 0.95);
    REQUIRE(interval);
    CHECK(interval->count == 5);
    CHECK(interval->centre == 3.0);
    CHECK(interval->half_width() == doctest::Approx(2.7764451051977987 * std::sqrt(0.5)).epsilon(1e-12));
    CHECK(interval->standard_deviation == doctest::Approx(std::sqrt(2.5)));
    CHECK(interval->contains(3.5));
    CHECK_FALSE(interval->contains(5.5));
    const auto cut = mean_interval(std::vector<double>{0.9, 1.0, 1.0}, 0.95, Range{0.0, 1.0});
    CHECK(cut->high == 1.0);
    CHECK(cut->low < 0.9);
    CHECK(mean_interval(std::vector<double>{2.0, 2.0}, 0.95)->half_width() == 0.0);
}

TEST_CASE("the interval of a mean reaches farther to the side where the tail is") {
    // Nine at 0 and one at 10: mean 1, standard deviation sqrt(10), error 1, skewness of the mean
    // 10/(9 8) (9 (-1)^3 + 9^3)/10^1.5/sqrt(10) = 1, and t(0.975, 9) = 2.262157162798205.
    std::vector<double> values(10, 0.0);
    values[3] = 10;
    const auto interval = mean_interval(values, 0.95);
    REQUIRE(interval);
    CHECK(interval->centre == doctest::Approx(1.0).epsilon(1e-14));
    CHECK(interval->standard_deviation == doctest::Approx(std::sqrt(10.0)).epsilon(1e-14));
    const double t = 2.262157162798205, a = 1.0 / 6;
    CHECK(interval->low == doctest::Approx(1 - 3 * (std::cbrt(1 + t - a) - 1)).epsilon(1e-12));
    CHECK(interval->high == doctest::Approx(1 - 3 * (std::cbrt(1 - t - a) - 1)).epsilon(1e-12));
    CHECK(interval->high - 1 > 2.5 * (1 - interval->low));
    // Mirrored values have the mirrored interval; Student's is the same on both sides, as is that of nine values.
    for (double& value : values) value = -value;
    CHECK(mean_interval(values, 0.95)->low == -interval->high);
    CHECK(mean_interval(values, 0.95)->high == -interval->low);
    const auto student = student_interval(values, 0.95);
    CHECK(student->high - student->centre == doctest::Approx(t).epsilon(1e-12));
    CHECK(student->centre - student->low == doctest::Approx(t).epsilon(1e-12));
    values.resize(9);
    CHECK(*mean_interval(values, 0.95) == *student_interval(values, 0.95));
    CHECK(skewed_t(2.0, 0.0) == 2.0);
    CHECK(skewed_t(2.0, 1e-5) == doctest::Approx(2.0).epsilon(1e-4));
}

TEST_CASE("coverage: means of skewed laws, for which Student's interval ends too low") {
    Stream stream = stream_of("skewed");
    struct Case {
        std::string name;
        Distribution law;
        double mean;
        std::size_t values;
        double least;
    };
    const int experiments = understudy::tests::runs_of(2000);
    for (const Case& one : {Case{"exponential", Distribution::exponential(1.0), 1.0, 10, 0.93},
                            Case{"exponential", Distribution::exponential(1.0), 1.0, 30, 0.935},
                            Case{"lognormal, cv 1.3", Distribution::lognormal(1.0, 1.3), 1.0, 30, 0.91},
                            Case{"gamma, cv 0.3", Distribution::gamma(1.0, 0.3), 1.0, 30, 0.94}}) {
        int held = 0, by_student = 0;
        for (int i = 0; i < experiments; ++i) {
            std::vector<double> values(one.values);
            one.law.fill(stream, values.data(), values.size());
            held += mean_interval(values, 0.95)->contains(one.mean) ? 1 : 0;
            by_student += student_interval(values, 0.95)->contains(one.mean) ? 1 : 0;
        }
        const double share = held / double(experiments), of_student = by_student / double(experiments);
        if (understudy::tests::coverage_is_asked())
            MESSAGE(one.name << ", " << one.values << " values: " << 100 * share << " %, Student's "
                             << 100 * of_student << " %");
        CAPTURE(one.name);
        CAPTURE(one.values);
        CHECK(share >= one.least);
        CHECK(share <= 0.97);
        CHECK(share > of_student - 0.005);
    }
}

TEST_CASE("coverage: the mean of ten replications, 95 percent") {
    Stream stream = stream_of("mean");
    const Distribution law = Distribution::gamma(1.0, 0.3);
    int covered = 0;
    constexpr int experiments = 4000;
    for (int i = 0; i < experiments; ++i) {
        std::vector<double> values(10);
        law.fill(stream, values.data(), values.size());
        covered += mean_interval(values, 0.95)->contains(1.0) ? 1 : 0;
    }
    CHECK(covered / double{experiments} == doctest::Approx(0.95).epsilon(0.012));
}

TEST_CASE("coverage: a share is covered at least as often as promised") {
    CHECK_FALSE(share_interval(0, 0, 0.95));
    const auto none = share_interval(0, 10, 0.95);
    CHECK(none->low == 0.0);
    CHECK(none->high == doctest::Approx(1.0 - std::pow(0.025, 0.1)).epsilon(1e-12));
    CHECK(share_interval(10, 10, 0.95)->high == 1.0);
    Stream stream = stream_of("share");
    for (const double truth : {0.02, 0.3, 0.5}) {
        int covered = 0;
        for (int i = 0; i < 1000; ++i) {
            std::size_t successes = 0;
            for (int k = 0; k < 60; ++k) successes += stream.uniform() < truth ? 1 : 0;
            covered += share_interval(successes, 60, 0.95)->contains(truth) ? 1 : 0;
        }
        CHECK(covered >= 940);
    }
}

TEST_CASE("a share of replications is never surer than its counts") {
    CHECK_FALSE(pooled_share_interval(std::vector<double>{1}, {7, 7}, 0.95));
    const std::vector<double> all(4, 1.0);
    const auto none_missed = pooled_share_interval(all, {28, 28}, 0.95, {0, 1});
    CHECK(none_missed->low == doctest::Approx(std::pow(0.025, 1.0 / 28)).epsilon(1e-12));
    CHECK(none_missed->high == 1.0);
    // Where replications differ more than independent outcomes would, they have the last word.
    const std::vector<double> bursts = {0.0, 0.0, 0.0, 0.4};
    const auto apart = pooled_share_interval(bursts, {400, 4000}, 0.95, {0, 1});
    CHECK(apart->low == mean_interval(bursts, 0.95, {0, 1})->low);
    CHECK(apart->high == mean_interval(bursts, 0.95, {0, 1})->high);
    // Tries, of which there may be more than items; or nothing that was counted.
    CHECK(pooled_share_interval(bursts, {9, 4}, 0.95) == mean_interval(bursts, 0.95));
    CHECK(pooled_share_interval(bursts, {}, 0.95) == mean_interval(bursts, 0.95));
}

TEST_CASE("the warm-up of an average series") {
    Stream stream = stream_of("warm-up");
    std::vector<std::vector<double>> series;
    for (int i = 0; i < 10; ++i) series.push_back(settling(stream, 1000, 50.0, 0.95));
    const WarmUp cut = warm_up(average_series(series));
    CHECK(cut.status == WarmUp::Status::found);
    CHECK(cut.cut >= 50);  // 50 times 0.95^50 is still 3.8
    CHECK(cut.cut <= 300);
    CHECK(cut.cut % 5 == 0);

    CHECK(warm_up(std::vector<double>(49, 1.0)).status == WarmUp::Status::too_short);
    const WarmUp constant = warm_up(std::vector<double>(50, 1.0));
    CHECK(constant.status == WarmUp::Status::found);
    CHECK(constant.cut == 0);
    // What rounding leaves of equal values asks for no cut.
    const std::vector<std::vector<double>> tenths(10, std::vector<double>(200, 0.1));
    std::vector<double> rounded = average_series(tenths);
    for (std::size_t i = 0; i < rounded.size(); i += 3) rounded[i] = 0.1;
    CHECK(warm_up(rounded).status == WarmUp::Status::found);
    CHECK(warm_up(rounded).cut == 0);
    // Never settles: the cut lands in the second half.
    std::vector<double> rising;
    for (int i = 0; i < 500; ++i) rising.push_back(i * 0.01);
    CHECK(warm_up(rising).status == WarmUp::Status::too_short);
}

TEST_CASE("coverage: means after the warm-up that MSER-5 found") {
    Stream stream = stream_of("warm-up coverage");
    int covered = 0;
    int refused = 0;
    constexpr int experiments = 400;
    for (int i = 0; i < experiments; ++i) {
        std::vector<std::vector<double>> series;
        for (int r = 0; r < 10; ++r) series.push_back(settling(stream, 600, 20.0, 0.9));
        const WarmUp cut = warm_up(average_series(series));
        if (cut.status == WarmUp::Status::too_short) {
            ++refused;
            continue;
        }
        std::vector<double> means;
        for (const auto& one : series) {
            Moments moments;
            for (std::size_t k = cut.cut; k < one.size(); ++k) moments.add(one[k]);
            means.push_back(moments.mean());
        }
        covered += mean_interval(means, 0.95)->contains(0.0) ? 1 : 0;
    }
    // Measured: 95.4 percent of those not refused (29 of 400 are).
    CHECK(refused < experiments / 10);
    CHECK(covered / double(experiments - refused) > 0.91);
    CHECK(covered / double(experiments - refused) < 0.98);
}

TEST_CASE("series of different length are averaged over the shortest") {
    const std::vector<std::vector<double>> series = {{1, 2, 3}, {3, 4}};
    CHECK(average_series(series) == std::vector<double>{2, 3});
    CHECK(average_series({}).empty());
}
