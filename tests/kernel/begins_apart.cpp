// Promised: series that go on as they begin are rarely told to begin otherwise, and those that settle always are.
// Shown: autoregressive series from 0 and from far above it, ten at a time.
#include "kernel/begins_apart.h"

#include <doctest/doctest.h>

#include <span>
#include <vector>

#include "kernel/random.h"
#include "kernel/special_functions.h"
#include "tests/coverage.h"

using namespace understudy;
using namespace understudy::kernel;

namespace {

/// Ten, each of 1000 steps about 0 that remember for about twenty; the first so many are left out.
std::vector<std::vector<double>> ten(Stream& stream, double from, std::size_t left_out) {
    std::vector<std::vector<double>> series(10);
    for (auto& one : series) {
        double level = from;
        for (std::size_t i = 0; i < 1000 + left_out; ++i) {
            level = 0.95 * level + normal_quantile(stream.uniform());
            if (i >= left_out) one.push_back(level);
        }
    }
    return series;
}

}  // namespace

TEST_CASE(
    "coverage: series that go on as they begin are told apart as rarely as was asked, those that settle "
    "always") {
    Stream stream(stream_key(11, 0, "begins apart", Purpose::check));
    const int runs = tests::runs_of(300);
    int told = 0, settled = 0;
    for (int i = 0; i < runs; ++i) {
        told += begins_apart(ten(stream, 0, 500), 120, 0.9);
        settled += begins_apart(ten(stream, 10, 0), 120, 0.9);
    }
    if (tests::coverage_is_asked()) MESSAGE("told apart: " << 100.0 * told / runs << " %");
    CHECK(told <= 0.15 * runs);  // by Bonferroni at most 0.1, and chance
    CHECK(told >= 0.02 * runs);
    CHECK(settled == runs);
}

TEST_CASE("who cannot tell says that they begin otherwise") {
    Stream stream(stream_key(12, 0, "begins apart", Purpose::check));
    const auto steady = ten(stream, 0, 500);
    CHECK(begins_apart(std::span(steady).first(fewest_to_begin_alike - 1), 120, 0.9));
    CHECK(begins_apart(steady, 501, 0.9));
    // What never changes goes on as it begins.
    CHECK_FALSE(begins_apart(std::vector<std::vector<double>>(10, std::vector<double>(100, 0.5)), 0, 0.9));
}
