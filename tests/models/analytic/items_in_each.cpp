// Promised: how many items of loads there are in each item behind full batches is known where they are always full, in time
// that goes by stages and streams and not by the ways through them. Shown: rows, circles and streams that meet; forty
// diamonds in a row, through which there are 2^40 ways.
#include "models/analytic/items_in_each.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/models/analytic/sample.h"

using namespace understudy;

namespace {

const std::string batched = "batch: {items: 4}";

/// By stage, in the order of the text.
std::vector<std::optional<double>> in_each(const std::string& stages) {
    return models::items_in_each(
        tests::answered("twin: {stages: {" + stages +
                        "}}\nload: {jobs: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\n")
            ->scenario);
}

using Numbers = std::vector<std::optional<double>>;

}  // namespace

TEST_CASE("items in each: full batches multiply, and what may be half full is not known") {
    const std::string last = ", last: {reads: b, workers: unlimited, service: 1s}";
    CHECK(in_each("a: {reads: jobs, writes: b, " + batched + "}" + last) == Numbers{1, 4});
    CHECK(in_each("a: {reads: jobs, writes: m, " + batched +
                  "}, two: {reads: m, writes: b, batch: {items: 3}}" + last) == Numbers{1, 4, 12});
    CHECK(in_each("a: {reads: jobs, writes: b, batch: {items: 4, after: 1s}}" + last) ==
          Numbers{1, std::nullopt});
    // Single items and batches in one stream.
    CHECK(in_each("a: {reads: jobs, writes: {m: 50%, b: 50%}}, two: {reads: m, writes: b, " + batched + "}" +
                  last) == Numbers{1, 1, std::nullopt});
    CHECK(in_each("a: {reads: jobs, writes: b, workers: 1, service: 100ms}" + last) == Numbers{1, 1});
}

TEST_CASE("items in each: diamonds in a row take no longer for all the ways through them") {
    std::string stages = "first: {reads: jobs, writes: s0, " + batched + "}";
    constexpr int diamonds = 40;
    for (int i = 0; i < diamonds; ++i) {
        const std::string n = std::to_string(i), next = std::to_string(i + 1);
        stages += ", split" + n + ": {reads: s" + n + ", writes: {a" + n + ": 50%, b" + n + ": 50%}}" +
                  ", left" + n + ": {reads: a" + n + ", writes: s" + next + "}, right" + n + ": {reads: b" +
                  n + ", writes: s" + next + "}";
    }
    const Numbers found = in_each(stages);
    REQUIRE(found.size() == 3 * diamonds + 1);
    for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i] == 4.0);
}
