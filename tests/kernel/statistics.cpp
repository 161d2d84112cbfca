#include "kernel/statistics.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernel/distribution.h"

using namespace understudy::kernel;

namespace {

std::vector<double> sample(const Distribution& law, std::size_t count, std::uint64_t seed = 1) {
    Stream stream(stream_key(seed, 0, "sample", Purpose::sample));
    std::vector<double> values(count);
    law.fill(stream, values.data(), count);
    return values;
}

}  // namespace

TEST_CASE("moments of nothing and of one") {
    Moments moments;
    CHECK(moments.count() == 0);
    CHECK(moments.mean() == 0.0);
    CHECK(moments.variance() == 0.0);
    CHECK(moments.minimum() == std::numeric_limits<double>::infinity());
    moments.add(3.0);
    CHECK(moments.mean() == 3.0);
    CHECK(moments.variance() == 0.0);
    CHECK(moments.minimum() == 3.0);
    CHECK(moments.maximum() == 3.0);
}

TEST_CASE("moments agree with two passes, also far from 0 and whatever the block") {
    for (const std::size_t count : {2U, 63U, 64U, 65U, 1000U, 100003U}) {
        for (const double offset : {0.0, 1e9}) {
            std::vector<double> values = sample(Distribution::lognormal(1.0, 2.0), count);
            Moments moments;
            long double mean = 0;
            for (double& x : values) {
                x += offset;
                moments.add(x);
                mean += x;
            }
            mean /= static_cast<long double>(count);
            long double squares = 0;
            for (const double x : values) squares += (x - mean) * (x - mean);
            CHECK(moments.count() == count);
            CHECK(moments.mean() == doctest::Approx(static_cast<double>(mean)).epsilon(1e-14));
            const auto variance = static_cast<double>(squares / static_cast<long double>(count - 1));
            CHECK(moments.variance() == doctest::Approx(variance).epsilon(offset > 0 ? 1e-8 : 1e-12));
            CHECK(moments.minimum() == *std::min_element(values.begin(), values.end()));
            CHECK(moments.maximum() == *std::max_element(values.begin(), values.end()));
        }
    }
}

TEST_CASE("merged moments are those of all observations") {
    const std::vector<double> values = sample(Distribution::gamma(5.0, 0.5), 1000);
    Moments all;
    Moments parts;
    Moments part;
    for (std::size_t i = 0; i < values.size(); ++i) {
        all.add(values[i]);
        part.add(values[i]);
        if (i % 97 == 0) {
            parts.merge(part);
            part = Moments();
        }
    }
    parts.merge(part);
    parts.merge(Moments());
    CHECK(parts.count() == all.count());
    CHECK(parts.mean() == doctest::Approx(all.mean()).epsilon(1e-14));
    CHECK(parts.variance() == doctest::Approx(all.variance()).epsilon(1e-13));
    CHECK(parts.minimum() == all.minimum());
    Moments none;
    none.merge(all);
    CHECK(none.mean() == all.mean());
    CHECK(none.variance() == doctest::Approx(all.variance()).epsilon(1e-14));
}

TEST_CASE("a level is averaged over time") {
    TimeWeighted level(10, 2.0);
    CHECK(level.mean(10) == 2.0);
    level.set(20, 5.0);  // 10 ns of 2
    level.set(30, 7.0);  // 10 ns of 5
    level.set(30, 1.0);  // at once
    CHECK(level.level() == 1.0);
    CHECK(level.integral(50) == 20.0 + 50.0 + 20.0);
    CHECK(level.square_integral(50) == 40.0 + 250.0 + 20.0);
    CHECK(level.mean(50) == 90.0 / 40.0);
    CHECK(level.variance(50) == doctest::Approx(310.0 / 40.0 - 90.0 / 40.0 * 90.0 / 40.0));
    CHECK(level.minimum() == 1.0);
    CHECK(level.maximum() == 7.0);
    level.change(50, 2.0);
    level.reset(60);
    CHECK(level.level() == 3.0);
    CHECK(level.since() == 60);
    CHECK(level.integral(70) == 30.0);
    CHECK(level.minimum() == 3.0);
    CHECK(level.maximum() == 3.0);
    CHECK(level.variance(70) == 0.0);
}

TEST_CASE("type 7 quantiles, as numpy computes them") {
    // numpy.quantile([1, 2, 4, 8], [0, .1, .25, .5, .9, 1])
    QuantileSketch sketch;
    CHECK(std::isnan(sketch.quantile(0.5)));
    for (const double x : {8.0, 1.0, 4.0, 2.0}) sketch.add(x);
    CHECK(sketch.quantile(0.0) == 1.0);
    CHECK(sketch.quantile(0.1) == doctest::Approx(1.3));
    CHECK(sketch.quantile(0.25) == 1.75);
    CHECK(sketch.quantile(0.5) == 3.0);
    CHECK(sketch.quantile(0.9) == doctest::Approx(6.8));
    CHECK(sketch.quantile(1.0) == 8.0);
    CHECK(sketch.share_above(2.0) == 0.5);
    CHECK(sketch.share_above(1.9) == 0.75);
    CHECK(sketch.is_exact());
}

TEST_CASE("a sketch beyond its capacity stays close to the exact quantile") {
    for (const Distribution& law : {Distribution::exponential(1e-6), Distribution::lognormal(3.0, 3.0),
                                    Distribution::uniform(0.0, 1000.0), Distribution::pareto(1.1, 1.0)}) {
        std::vector<double> values = sample(law, 50'000);
        QuantileSketch sketch;
        for (const double x : values) sketch.add(x);
        std::sort(values.begin(), values.end());
        CHECK_FALSE(sketch.is_exact());
        CHECK(sketch.count() == values.size());
        for (const double p : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            CAPTURE(p);
            CHECK(sketch.quantile(p) == doctest::Approx(sorted_quantile(values, p)).epsilon(0.008));
        }
        CHECK(sketch.quantile(0.0) == values.front());
        CHECK(sketch.quantile(1.0) == values.back());
        const double limit = sorted_quantile(values, 0.95);
        CHECK(sketch.share_above(limit) == doctest::Approx(0.05).epsilon(0.02));
        CHECK(sketch.share_above(values.back()) == 0.0);
        CHECK(sketch.share_above(values.front() * 0.999) == 1.0);
    }
}

TEST_CASE("merged sketches") {
    const std::vector<double> values = sample(Distribution::exponential(2.0), 3000);
    QuantileSketch all;
    QuantileSketch few;
    QuantileSketch many;
    for (std::size_t i = 0; i < values.size(); ++i) {
        all.add(values[i]);
        (i < 500 ? few : many).add(values[i]);
    }
    QuantileSketch small_first = few;
    small_first.merge(many);
    QuantileSketch large_first = many;
    large_first.merge(few);
    for (const double p : {0.0, 0.2, 0.5, 0.99, 1.0}) {
        CHECK(small_first.quantile(p) == all.quantile(p));
        CHECK(large_first.quantile(p) == all.quantile(p));
    }
    CHECK(small_first.count() == 3000);
    QuantileSketch pair;
    for (std::size_t i = 0; i < 1000; ++i) (i < 500 ? pair : few).add(values[i]);
    few.merge(few);
    CHECK(few.count() == 2000);
    few.clear();
    CHECK(few.count() == 0);
    CHECK(few.is_exact());
}

TEST_CASE("a log histogram holds weights, zeros, both signs and outliers in little memory") {
    LogHistogram histogram;
    CHECK(std::isnan(histogram.quantile(0.5)));
    histogram.add(0.0, 2.0);
    histogram.add(1e-200, 1.0);
    histogram.add(1e200, 1.0);
    histogram.add(-5.0, 4.0);
    CHECK(histogram.total() == 8.0);
    CHECK(histogram.pages() == 4);
    CHECK(histogram.minimum() == -5.0);
    CHECK(histogram.quantile(0.0) == -5.0);
    CHECK(histogram.quantile(0.25) == doctest::Approx(-5.0).epsilon(0.01));
    CHECK(histogram.quantile(0.7) == 0.0);
    CHECK(histogram.quantile(0.99) == doctest::Approx(1e200).epsilon(0.01));
    CHECK(histogram.quantile(1.0) == 1e200);
    CHECK(histogram.share_above(0.5) == 0.125);
    CHECK(histogram.share_above(-1.0) == 0.5);
    const auto buckets = histogram.filled();
    REQUIRE(buckets.size() == 4);
    for (std::size_t i = 1; i < buckets.size(); ++i) CHECK(buckets[i - 1].high <= buckets[i].low);
    LogHistogram other;
    other.add(-7.0);
    other.merge(histogram);
    CHECK(other.total() == 9.0);
    CHECK(other.minimum() == -7.0);
    CHECK(other.maximum() == 1e200);
    other.clear();
    CHECK(other.total() == 0.0);
}

TEST_CASE("a histogram and a sketch go on from their parts") {
    Stream stream(stream_key(6, 0, "parts", Purpose::check));
    LogHistogram whole;
    for (int i = 0; i < 200; ++i) {
        const LogHistogram before = whole;
        whole = LogHistogram::of_parts(before.octaves(), before.weights(), before.minimum(), before.maximum())
                    .value();
        const double value = std::ldexp(stream.uniform() - 0.5, static_cast<int>(stream.below(40)) - 20);
        whole.add(value, stream.uniform());
    }
    Stream again(stream_key(6, 0, "parts", Purpose::check));
    LogHistogram plain;
    for (int i = 0; i < 200; ++i) {
        const double value = std::ldexp(again.uniform() - 0.5, static_cast<int>(again.below(40)) - 20);
        plain.add(value, again.uniform());
    }
    CHECK(whole.octaves() == plain.octaves());
    CHECK(whole.weights() == plain.weights());
    CHECK(whole.total() == plain.total());  // added up in the same order
    CHECK(whole.quantile(0.3) == plain.quantile(0.3));
    CHECK(whole.minimum() == plain.minimum());

    QuantileSketch sketch(10);
    for (int i = 0; i < 100; ++i) sketch.add(again.uniform());
    REQUIRE_FALSE(sketch.is_exact());
    QuantileSketch other = QuantileSketch::of_histogram(sketch.histogram(), sketch.count());
    sketch.add(0.3);
    other.add(0.3);
    CHECK(other.count() == 101);
    CHECK(other.quantile(0.7) == sketch.quantile(0.7));

    // What no histogram is made of.
    const std::vector<double> page(LogHistogram::buckets, 1.0), two(2 * LogHistogram::buckets, 1.0);
    const std::uint32_t octaves[] = {1023, 1023};
    const auto parts = [](std::span<const std::uint32_t> of, std::span<const double> weights, double low,
                          double high) { return LogHistogram::of_parts(of, weights, low, high).has_value(); };
    CHECK(parts({octaves, 1}, page, 1, 1.9));
    CHECK(parts({}, {}, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()));
    CHECK_FALSE(parts({octaves, 2}, two, 1, 1.9));  // one page twice
    CHECK_FALSE(parts({octaves, 1}, two, 1, 1.9));
    CHECK_FALSE(parts({octaves, 1}, page, 2, 1));
    CHECK_FALSE(parts({octaves, 1}, page, std::nan(""), 1));
    const std::uint32_t far = 4096;
    CHECK_FALSE(parts({&far, 1}, page, 1, 1.9));
    for (const double wrong : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
        std::vector<double> bad = page;
        bad[7] = wrong;
        CHECK_FALSE(parts({octaves, 1}, bad, 1, 1.9));
    }
}

TEST_CASE(
    "of many values that are one the quantile lies within their bucket, and where others are spread it is "
    "known") {
    QuantileSketch items;
    Stream stream(stream_key(1, 0, "atoms", Purpose::service));
    constexpr double atom = 1.003e9;
    for (int i = 0; i < 100'000; ++i)
        items.add(i % 10 < 7 ? atom : atom - 1e9 * std::log(1 - stream.uniform()));
    // The least of all, and so all of them.
    CHECK(items.quantile(0.5) == atom);
    const auto of_atom = items.quantile_range(0.5);
    CHECK(of_atom.low == atom);
    CHECK(of_atom.high > atom);
    CHECK(of_atom.high < 1.008 * atom);
    const auto of_tail = items.quantile_range(0.9);
    CHECK(of_tail.low == of_tail.high);
    CHECK(of_tail.low == items.quantile(0.9));
    // In the middle it is not known where in the bucket.
    for (int i = 0; i < 50'000; ++i) items.add(1e8);
    const auto within = items.quantile_range(0.5);
    CHECK(within.low <= atom);
    CHECK(within.high >= atom);
    CHECK(within.low <= items.quantile(0.5));
    CHECK(within.high >= items.quantile(0.5));
}

TEST_CASE("values that all lie in one bucket are spread over it, up to the greatest") {
    LogHistogram close;
    for (int i = 0; i <= 1000; ++i) close.add(1.0 + i * 1e-6, 1);
    CHECK(close.quantile(0) == 1);
    CHECK(close.quantile(0.5) == doctest::Approx(1.0005).epsilon(1e-5));
    CHECK(close.quantile(1) == close.maximum());
    CHECK(close.quantile_range(0.5).low == 1);
    CHECK(close.quantile_range(0.5).high == close.maximum());
}

TEST_CASE("large whole numbers are known as far as their bucket goes") {
    LogHistogram levels;
    for (int level = 250; level <= 400; ++level) levels.add(level, 1);
    using Values = LogHistogram::Values;
    for (const double p : {0.01, 0.02, 0.3, 0.53, 0.9, 1.0}) {
        const double truth = 249 + std::ceil(p * 151);
        const auto range = levels.quantile_range(p, Values::whole);
        CHECK(range.low <= truth);
        CHECK(range.high >= truth);
        CHECK(range.high - range.low <= (truth <= 256 ? 0 : 1));
        CHECK(range.low == levels.quantile(p, Values::whole));
    }
}

TEST_CASE("every value lies in its bucket") {
    Stream stream(stream_key(5, 0, "values", Purpose::check));
    for (int i = 0; i < 5000; ++i) {
        const double size = std::ldexp(stream.uniform(), static_cast<int>(stream.below(600)) - 300);
        const double value = stream.below(2) == 0 ? size : -size;
        LogHistogram histogram;
        histogram.add(value);
        // A second value on each side, so that the bucket is not cut to the extremes.
        histogram.add(value * 4.0);
        histogram.add(value / 4.0);
        const auto bucket = histogram.filled()[1];
        CHECK(bucket.low <= value);
        CHECK(bucket.high >= value);
        CHECK(bucket.high - bucket.low <= std::fabs(value) / 127.9);
    }
}

TEST_CASE("the histogram of a level weighted by time gives its quantiles over time") {
    LogHistogram histogram;
    histogram.add(0.0, 50.0);
    histogram.add(1.0, 30.0);
    histogram.add(2.0, 20.0);
    CHECK(histogram.quantile(0.4) == 0.0);
    CHECK(histogram.quantile(0.79) == doctest::Approx(1.0).epsilon(0.01));
    CHECK(histogram.quantile(0.9) == doctest::Approx(2.0).epsilon(0.01));
    // Of whole numbers they are whole.
    histogram.add(3.0, 1e-9);
    histogram.add(200.0, 1e-9);
    for (const double p : {0.1, 0.49, 0.6, 0.79, 0.81, 0.99}) {
        const double quantile = histogram.quantile(p, LogHistogram::Values::whole);
        CHECK(quantile == (p <= 0.5 ? 0.0 : p <= 0.8 ? 1.0 : 2.0));
    }
    CHECK(histogram.quantile(1.0, LogHistogram::Values::whole) == 200.0);
}
