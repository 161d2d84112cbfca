#include "kernel/random.h"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

using namespace understudy::kernel;

namespace {

constexpr int cells = 256;

/// Pearson's statistic of draws spread evenly over 256 cells, as a number of standard deviations from its
/// mean.
double chi_square_score(const std::vector<double>& draws) {
    std::array<double, cells> counts{};
    for (const double u : draws) counts[static_cast<std::size_t>(u * cells)] += 1.0;
    const double expected = static_cast<double>(draws.size()) / cells;
    double sum = 0.0;
    for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
    return (sum - (cells - 1)) / std::sqrt(2.0 * (cells - 1));
}

/// Correlation times the root of the count: about standard normal for independent draws.
double correlation_score(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - 0.5) * (b[i] - 0.5);
    return sum * 12.0 / std::sqrt(static_cast<double>(a.size()));
}

std::vector<double> draws_of(StreamKey key, std::size_t count) {
    Stream stream(key);
    std::vector<double> draws(count);
    for (double& u : draws) u = stream.uniform();
    return draws;
}

}  // namespace

TEST_CASE("keys and draws are what they have always been") {
    // A change here changes every result: it needs a line in the changelog.
    CHECK(mix_bits(1234567 + 0x9E3779B97F4A7C15ULL) ==
          6457827717110365317ULL);  // SplitMix64's published sequence
    const StreamKey key = stream_key(42, 3, "clean", Purpose::service, "size");
    CHECK(key.value == 7630756552961065628ULL);
    Stream stream(key);
    CHECK(stream.next() == 1931522697190821358ULL);
    CHECK(stream.next() == 7572184883795424240ULL);
    CHECK(keyed_bits(key, 7, 1) == 10209857549519838908ULL);
    CHECK(stable_hash("understudy") == 629510460445143661ULL);
}

TEST_CASE("every part of a key matters") {
    std::set<std::uint64_t> keys;
    std::size_t count = 0;
    for (std::uint64_t seed = 0; seed < 5; ++seed)
        for (std::uint64_t replication = 0; replication < 5; ++replication)
            for (const std::string element :
                 {"", "a", "b", "ab", "longer than eight bytes", "longer than eight bytez"})
                for (const Purpose purpose : {Purpose::other, Purpose::arrival, Purpose::service})
                    for (const std::string part : {"", "a", "b", "ab"}) {
                        keys.insert(stream_key(seed, replication, element, purpose, part).value);
                        ++count;
                    }
    CHECK(keys.size() == count);
    CHECK(stream_key(1, 0, "ab", Purpose::size, "c") != stream_key(1, 0, "a", Purpose::size, "bc"));
    CHECK(stable_hash(std::string_view("a\0", 2)) != stable_hash("a"));
}

TEST_CASE("uniforms lie inside the open interval") {
    CHECK(open_unit(0) == 0x1p-53);
    CHECK(open_unit(~0ULL) == 1.0 - 0x1p-53);
    CHECK(1.0 - open_unit(~0ULL) == open_unit(0));
    CHECK(open_unit(1ULL << 63) == 0.5 + 0x1p-53);
}

TEST_CASE("a stream is a plain value") {
    static_assert(std::is_trivially_copyable_v<Stream>);
    Stream stream(StreamKey{9});
    stream.next();
    Stream copy = stream;
    CHECK(copy == stream);
    for (int i = 0; i < 100; ++i) CHECK(copy.next() == stream.next());
}

TEST_CASE("streams are uniform, without serial correlation") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto draws = draws_of(stream_key(seed, 0, "queue", Purpose::service), 100'000);
        CHECK(std::fabs(chi_square_score(draws)) < 4.5);
        CHECK(std::fabs(correlation_score({draws.begin(), draws.end() - 1},
                                          {draws.begin() + 1, draws.end()})) < 4.0);
    }
}

TEST_CASE("streams of neighbouring keys are independent") {
    constexpr std::size_t count = 4000;
    double largest = 0.0;
    double squares = 0.0;
    int pairs = 0;
    const auto compare = [&](StreamKey a, StreamKey b) {
        const double score = correlation_score(draws_of(a, count), draws_of(b, count));
        largest = std::max(largest, std::fabs(score));
        squares += score * score;
        ++pairs;
    };
    for (std::uint64_t i = 0; i < 300; ++i) {
        compare(StreamKey{i}, StreamKey{i + 1});
        compare(StreamKey{i}, StreamKey{i ^ (1ULL << (i % 64))});
        compare(stream_key(i, 0, "a", Purpose::arrival), stream_key(i, 0, "b", Purpose::arrival));
        compare(stream_key(i, 0, "a", Purpose::arrival), stream_key(i, 1, "a", Purpose::arrival));
        compare(stream_key(i, 0, "a", Purpose::arrival), stream_key(i, 0, "a", Purpose::service));
        compare(stream_key(i, 0, "a", Purpose::arrival), stream_key(i + 1, 0, "a", Purpose::arrival));
    }
    CHECK(largest < 4.5);
    CHECK(squares / pairs == doctest::Approx(1.0).epsilon(0.12));
}

TEST_CASE("keyed draws are uniform across items, across attempts and across keys") {
    const StreamKey key = stream_key(1, 0, "clean", Purpose::failure);
    constexpr std::uint64_t count = 100'000;
    std::vector<double> items;
    std::vector<double> attempts;
    std::vector<double> diagonal;
    std::vector<double> keys;
    std::vector<double> strided;
    for (std::uint64_t i = 0; i < count; ++i) {
        items.push_back(keyed_uniform(key, i, 0));
        attempts.push_back(keyed_uniform(key, 5, i));
        diagonal.push_back(keyed_uniform(key, i, i));
        keys.push_back(keyed_uniform(StreamKey{i}, 0, 0));
        strided.push_back(keyed_uniform(key, i << 40, 1));
    }
    for (const auto* draws : {&items, &attempts, &diagonal, &keys, &strided}) {
        CHECK(std::fabs(chi_square_score(*draws)) < 4.5);
        CHECK(std::fabs(correlation_score({draws->begin(), draws->end() - 1},
                                          {draws->begin() + 1, draws->end()})) < 4.0);
    }
    CHECK(std::fabs(correlation_score(items, attempts)) < 4.0);
    CHECK(std::fabs(correlation_score(items, keys)) < 4.0);
}

TEST_CASE("keyed draws: every input bit flips every output bit half the time") {
    Stream stream(StreamKey{77});
    constexpr int trials = 2000;
    for (int input = 0; input < 192; ++input) {
        std::array<int, 64> flips{};
        for (int trial = 0; trial < trials; ++trial) {
            std::array<std::uint64_t, 3> words = {stream.next(), stream.next(), stream.next()};
            const std::uint64_t before = keyed_bits(StreamKey{words[0]}, words[1], words[2]);
            words[input / 64] ^= 1ULL << (input % 64);
            std::uint64_t changed = before ^ keyed_bits(StreamKey{words[0]}, words[1], words[2]);
            for (; changed != 0; changed &= changed - 1) ++flips[std::countr_zero(changed)];
        }
        // 5.5 standard deviations of a fair coin.
        for (const int flip : flips) CHECK(std::fabs(flip - trials / 2) < 5.5 * std::sqrt(trials) / 2);
    }
}

TEST_CASE("whole numbers below a bound are equally likely") {
    Stream stream(StreamKey{3});
    for (const std::uint64_t bound : {1ULL, 2ULL, 7ULL, 100ULL}) {
        std::vector<double> counts(bound);
        constexpr int draws = 70'000;
        for (int i = 0; i < draws; ++i) {
            const std::uint64_t value = stream.below(bound);
            REQUIRE(value < bound);
            counts[value] += 1.0;
        }
        const double expected = draws / static_cast<double>(bound);
        for (const double count : counts)
            CHECK(std::fabs(count - expected) < 5.0 * std::sqrt(expected) + 1e-9);
    }
    // A bound just above 2^63 would be drawn with a bias of one third without rejection.
    const std::uint64_t large = (1ULL << 63) + (1ULL << 62);
    int low = 0;
    for (int i = 0; i < 30'000; ++i) low += stream.below(large) < large / 3 ? 1 : 0;
    CHECK(std::abs(low - 10'000) < 400);
}
