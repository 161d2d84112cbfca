// Promised: a run's quantiles of durations as HdrHistogram's counts, bucket by bucket and without loss.
// Shown: indexes as HdrHistogram's own (its getBucketIndex and countsArrayIndex, worked out here from its definition); counts
// of values known one by one and of those in buckets. tests/program/test_histogram_log.py decodes what the program prints.
#include "tools/formats/results/histogram_log.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <numeric>

using namespace understudy;

namespace {

/// HdrHistogram with two significant digits and a unit of 1: 256 sub-buckets, of which those of all buckets but the first
/// have the upper half alone.
std::size_t theirs(std::uint64_t value) {
    const int bucket = 64 - std::countl_zero(value | 255) - 8;
    const auto sub = static_cast<std::int64_t>(value >> bucket);
    return static_cast<std::size_t>(((bucket + 1) << 7) + (sub - 128));
}

}  // namespace

TEST_CASE("values known one by one") {
    kernel::QuantileSketch items;
    for (const double value : {0.0, 1.0, 255.0, 256.0, 257.0, 258.0, 511.0, 512.0}) items.add(value);
    const auto counts = formats::histogram_counts(items);
    CHECK(counts[0] == 1);
    CHECK(counts[1] == 1);
    CHECK(counts[255] == 1);
    CHECK(counts[256] == 2);
    CHECK(counts[257] == 1);
    CHECK(counts[383] == 1);
    CHECK(counts[384] == 1);
    CHECK(counts.size() == 385);
}

TEST_CASE("each value is in the bucket that HdrHistogram has for it, known or not") {
    CHECK(rc::check([](const std::vector<std::uint32_t>& seeds) {
        kernel::QuantileSketch exact, coarse(0);
        std::vector<std::int64_t> right;
        for (std::size_t i = 0; i < seeds.size(); ++i) {
            const std::uint64_t value = static_cast<std::uint64_t>(seeds[i]) << (i % 20);
            exact.add(static_cast<double>(value));
            coarse.add(static_cast<double>(value));
            right.resize(std::max(right.size(), theirs(value) + 1));
            ++right[theirs(value)];
        }
        RC_ASSERT(formats::histogram_counts(exact) == right);
        RC_ASSERT(formats::histogram_counts(coarse) == right);
    }));
}
