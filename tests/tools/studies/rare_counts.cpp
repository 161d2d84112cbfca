// Promised: that hardly anything was lost does not prove that nothing is: totals and rates of what may go wrong have the
// width that so many replications allow; what cannot happen has none, and `<= 0` is about the replications that were run.
// Shown: losses of which most runs see none, over many seeds against the truth; by one run each otherwise.
#include "tools/studies/rare_counts.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"

using namespace understudy;

namespace {

studies::PreparedRun failing(const std::string& failure, const std::string& more) {
    return tests::prepared(
        "twin: {stages: {s: {reads: jobs, workers: 1, service: exponential(mean 1s), failure: " + failure +
        "}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\n" + more +
        "run: {length: 20min, warm_up: 2min, replications: 30}\n");
}

const studies::Estimate& estimate_of(const studies::RunResult& result, const std::string& name) {
    for (const auto& metric : result.metrics)
        if (metric.name == name) return metric.estimate;
    FAIL("no metric " << name);
    return result.metrics.front().estimate;
}

}  // namespace

TEST_CASE("coverage: totals and rates of losses that hardly ever happen") {
    // 0.5/s, 18 min, a ten-thousandth fails: 0.054 in a replication, 1.6 in all.
    auto prepared = failing("0.01%", "measures: [total lost(s), rate lost(s)]\n");
    const int runs = tests::runs_of(40);
    int total = 0, rate = 0;
    for (int seed = 1; seed <= runs; ++seed) {
        prepared.scenario.run.seed = static_cast<std::uint64_t>(seed);
        const auto result = tests::simulated(prepared);
        const auto holds = [&](const std::string& name, double truth) {
            const auto& found = estimate_of(result, name);
            REQUIRE(found.low.has_value());
            CHECK(*found.high > *found.low);
            return *found.low <= truth && truth <= *found.high;
        };
        total += holds("total lost(s)", 0.5 * 1080 * 1e-4);
        rate += holds("rate lost(s)", 0.5 * 1e-4);
    }
    if (tests::coverage_is_asked())
        MESSAGE("rare losses: total " << total << ", rate " << rate << " of " << runs);
    CHECK(total >= 0.95 * runs - 1);
    CHECK(rate >= 0.95 * runs - 1);
}

TEST_CASE("rare counts: a limit that none was seen to break is left open, and `<= 0` is of what was run") {
    const auto result =
        tests::simulated(failing("0.0001%", "objectives: [total lost(s) < 0.02, total lost(s) <= 0]\n"));
    REQUIRE(result.objectives[0].estimate.value == 0.0);
    CHECK(result.objectives[0].verdict == studies::Verdict::inconclusive);
    CHECK(*result.objectives[0].estimate.high > 0.1);
    CHECK(*result.objectives[0].estimate.high < 0.2);
    CHECK(result.objectives[1].verdict == studies::Verdict::met);
}

TEST_CASE("rare counts: what was seen is not 0, however few saw it") {
    // 0.27 in all replications of a run: in most runs none; the first seed that sees one.
    auto prepared = failing("0.002%", "objectives: [total lost(s) <= 0, total lost(s) < 1]\n");
    for (int seed = 1; seed <= 100; ++seed) {
        prepared.scenario.run.seed = static_cast<std::uint64_t>(seed);
        const auto result = tests::simulated(prepared);
        if (result.objectives[0].estimate.value == 0.0) continue;
        CHECK(*result.objectives[0].estimate.low > 0);
        CHECK(*result.objectives[0].estimate.low < *result.objectives[0].estimate.value);
        CHECK(result.objectives[0].verdict == studies::Verdict::violated);
        CHECK(result.objectives[1].verdict == studies::Verdict::met);
        return;
    }
    FAIL("no run has seen a loss");
}

TEST_CASE("rare counts: what cannot happen has no width") {
    const auto result =
        tests::simulated(failing("0%", "objectives: [total lost(s) < 0.02, rate failed(s) < 1/h]\n"));
    for (const auto& objective : result.objectives) {
        CHECK(objective.verdict == studies::Verdict::met);
        CHECK(*objective.estimate.high == 0);
    }
}
