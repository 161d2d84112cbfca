// Promised: precision makes as many replications as it takes for narrow intervals, of all objectives at once; the
// intervals still hold the truth as often as they say; those that count are a plain run's; what cannot be had ends and
// is said. Shown: numbers by hand, and coverage on M/M/1 queues, where the truth is known.
#include "tools/studies/precision.h"

#include <doctest/doctest.h>

#include <string>

#include "kernel/exact_math.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"

using namespace understudy;

namespace {

studies::RunResult result_of(const std::string& promises, const std::string& run, int seed = 1) {
    return tests::simulated(
        tests::prepared("twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
                        "load: {jobs: {arrivals: poisson(0.8/s)}}\n" +
                        promises + "run: {" + run + ", seed: " + std::to_string(seed) + "}\n"));
}

studies::Estimate estimate(double value, double low, double high, std::int64_t replications) {
    return {value, low, high, 0.95, replications};
}

}  // namespace

TEST_CASE("narrow enough is relative to what is estimated, less what it may be off") {
    CHECK(studies::is_precise(estimate(100, 96, 104, 20), 0.05, 0));
    CHECK_FALSE(studies::is_precise(estimate(100, 95, 105, 20), 0.05, 0));  // 5 of 95 is more than 5 %
    CHECK_FALSE(studies::is_precise(estimate(100, 99, 106, 20), 0.05, 0));  // the wider side
    CHECK(studies::is_precise(estimate(0, 0, 0.1, 20), 0.05, 10));
    CHECK_FALSE(studies::is_precise(estimate(0, 0, 1, 20), 0.05, 10));
    studies::Estimate none;
    none.value = 3;
    CHECK_FALSE(studies::is_precise(none, 0.05, 0));
    CHECK_FALSE(studies::replications_for(none, 0.05, 0));
    CHECK(*studies::replications_for(estimate(100, 99, 101, 20), 0.05, 0) < 20.0);
    CHECK(studies::is_precise(estimate(0, 0, 0.1, 20), 0.05, 0));
    // Four times too wide takes sixteen times as many, and more from so few.
    const double half = 100 * 0.05 / 1.05 * 4;
    const double from_20 = *studies::replications_for(estimate(100, 100 - half, 100 + half, 20), 0.05, 0);
    const double from_2000 = *studies::replications_for(estimate(100, 100 - half, 100 + half, 2000), 0.05, 0);
    CHECK(from_20 > 16 * 20 * 1.3);
    CHECK(from_20 < 16 * 20 * 1.5);
    CHECK(from_2000 > 16 * 2000);
    CHECK(from_2000 < 16 * 2000 * 1.04);
}

TEST_CASE("all objectives are precise at once, and those that count are those of a plain run") {
    const std::string promises = "objectives: [avg wait(server) < 10s, p(95) latency(server) < 30s]\n";
    const auto precise = result_of(promises, "length: 20min, warm_up: 2min, replications: 5, precision: 10%");
    CHECK_FALSE(tests::warns(precise, "is not within"));
    CHECK(precise.replications_reason == "for intervals within 10% of their estimates");
    CHECK(precise.replications_done > 30);
    for (const auto& objective : precise.objectives) CHECK(studies::is_precise(objective.estimate, 0.1, 0));
    const auto plain = result_of(
        promises, "length: 20min, warm_up: 2min, replications: " + std::to_string(precise.replications_done));
    CHECK(plain.fingerprint == precise.fingerprint);
    CHECK(plain.replications_reason.empty());
    CHECK(plain.provenance.replications == precise.provenance.replications);
    REQUIRE(plain.metrics.size() == precise.metrics.size());
    for (std::size_t i = 0; i < plain.metrics.size(); ++i)
        CHECK(plain.metrics[i].estimate.value == precise.metrics[i].estimate.value);
}

TEST_CASE("what is precise from the start takes no more than is asked for") {
    const auto result = result_of("measures: [total arrived(server)]\n",
                                  "length: 2h, warm_up: 2min, replications: 7, precision: 20%");
    CHECK(result.replications_done == 7);
}

TEST_CASE("what never gets narrow ends, and says so") {
    const auto result = result_of("measures: [avg wait(server)]\n",
                                  "length: 10s, warm_up: 0s, precision: 0.1%, replications: 3, sample: 1s");
    CHECK(result.replications_done == studies::most_for_precision);
    CHECK_FALSE(result.interrupted);
    CHECK(tests::warns(
        result, "'avg wait(server)' is not within 0.1% after 10000 replications, the most that a precision"));
}

TEST_CASE("what no number of replications makes precise is left out, and said") {
    const auto heavy = [](const std::string& service) {
        return tests::simulated(tests::prepared(
            "twin: {stages: {server: {reads: jobs, workers: 1, service: " + service +
            "}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\n"
            "objectives: [avg wait(server) < 100s, avg utilisation(server) < 90%]\n"
            "run: {length: 20min, warm_up: 2min, replications: 5, precision: 5%, seed: 1}\n"));
    };
    const auto left_out = heavy("pareto(shape 2.5 min 0.5s)");
    CHECK(tests::warns(left_out, "no precision was aimed for in 'avg wait(server)'"));
    CHECK(left_out.replications_done < 200);
    CHECK(studies::is_precise(left_out.objectives[1].estimate, 0.05, 0));
    CHECK_FALSE(tests::warns(heavy("exponential(mean 1s)"), "no precision was aimed for"));
}

TEST_CASE("without objectives and measures the mean latency is precise") {
    const auto result = result_of("", "length: 20min, warm_up: 2min, replications: 5, precision: 5%");
    REQUIRE(result.metrics[0].name == "avg latency()");
    CHECK(studies::is_precise(result.metrics[0].estimate, 0.05, 0));
    CHECK(result.replications_done > 50);
    CHECK_FALSE(tests::warns(result, "is not within"));
}

TEST_CASE("coverage: after stopping at 10 and 5 percent, of the mean and the 99 percent quantile") {
    // Waits of M/M/1 at 0.8: mean 4, p(99) of all ln(100 * 0.8) / 0.2. Long warm-up and runs, so that what is tested is
    // the stopping.
    const bool asked = tests::coverage_is_asked();
    for (const std::string precision : {"10%", "5%"}) {
        if (precision == "5%" && !asked) continue;  // as much again fourfold
        const int runs = tests::runs_of(24);
        int of_mean = 0, of_tail = 0;
        double replications = 0;
        for (int seed = 1; seed <= runs; ++seed) {
            const auto result = result_of(
                "objectives: [avg wait(server) < 10s, p(99) wait(server) < 100s]\n",
                "length: 1h, warm_up: 5min, replications: 5, sample: 1h, precision: " + precision, seed);
            const auto holds = [](const studies::ObjectiveResult& objective, double truth) {
                return objective.estimate.low && *objective.estimate.low <= truth &&
                       truth <= *objective.estimate.high;
            };
            of_mean += holds(result.objectives[0], 4);
            of_tail += holds(result.objectives[1], kernel::exact::log(80) / 0.2);
            replications += static_cast<double>(result.replications_done) / runs;
        }
        if (asked)
            MESSAGE(runs << " runs to " << precision << ", of " << replications << " replications: mean "
                         << 100.0 * of_mean / runs << " %, p(99) " << 100.0 * of_tail / runs << " %");
        CHECK(of_mean >= (asked ? 0.93 : 0.87) * runs);
        CHECK(of_tail >= (asked ? 0.93 : 0.87) * runs);
    }
}
