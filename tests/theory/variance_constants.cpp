// Promised: overlapping batch means of one run find the variance constants of its averages, and the intervals of means
// hold them. Shown: M/M/1 queues with a service rate of 1/s, whose constants are known: n Var(mean) of waits in order of
// arrival, Daley 1968 (J. Appl. Prob. 5), from which follows how many make the interval of a mean 1 % wide, and T Var(time
// average) of the number present, Whitt 1989 (Oper. Res. 37). The mean over seeds comes near them; the tests make few,
// UNDERSTUDY_COVERAGE=1000 so many. That of an autoregressive series is in tests/kernel/batch_means.cpp.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "kernel/batch_means.h"
#include "kernel/special_functions.h"
#include "tests/coverage.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/run.h"

using namespace understudy;

namespace {

struct Constants {
    double load, waits, present;
    double items;  ///< that an interval of the mean wait takes to be 1 % to either side
};

void compare(const Constants& exact) {
    CAPTURE(exact.load);
    const int seeds = understudy::tests::runs_of(24);
    const double relaxation = 1 / ((1 - std::sqrt(exact.load)) * (1 - std::sqrt(exact.load)));
    const auto reading = formats::read_scenario(
        "understudy: 1\nscenario: queue\n"
        "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(" +
            std::to_string(exact.load) +
            "/s)}}\nmeasures: [avg wait(server), avg present(server)]\n"
            "run: {length: " +
            std::to_string(std::lround(2000 * relaxation)) +
            "s, warm_up: " + std::to_string(std::lround(20 * relaxation)) + "s, replications: 1}\n",
        "queue.yaml");
    REQUIRE(reading.scenario.has_value());
    models::Problems problems;
    auto prepared = studies::prepare(*reading.scenario, problems);
    REQUIRE(prepared.has_value());
    double found[2] = {};
    int held[2] = {};
    for (int seed = 1; seed <= seeds; ++seed) {
        prepared->scenario.run.seed = static_cast<std::uint64_t>(seed);
        const auto result = studies::run(*prepared, {});
        for (int i : {0, 1}) {
            const auto& metric = result.metrics[static_cast<std::size_t>(i)];
            const auto means = kernel::batch_means(metric.parts);
            REQUIRE(means.has_value());
            found[i] += means->variance * means->base / seeds;
            REQUIRE(metric.estimate.low.has_value());
            const double mean = exact.load / (1 - exact.load);
            held[i] += *metric.estimate.low <= mean && mean <= *metric.estimate.high;
        }
    }
    if (understudy::tests::coverage_is_asked())
        MESSAGE("load " << exact.load << ": " << found[0] << " of waits, held " << 100.0 * held[0] / seeds
                        << " %, " << found[1] << " of present, held " << 100.0 * held[1] / seeds << " %");
    // One estimate varies by a third and more, as its 22 degrees of freedom say and the tail adds to.
    const double tolerance = 2.5 * 0.45 / std::sqrt(seeds) + 0.02;
    // The length of run that a precision takes follows from the constant.
    const double mean_wait = exact.load / (1 - exact.load), half = 0.01 * mean_wait;
    const double normal = kernel::normal_quantile(0.975);
    const double items = normal * normal * found[0] / (half * half);
    CHECK(items > (1 - tolerance) * exact.items);
    CHECK(items < (1 + tolerance) * exact.items);
    for (int i : {0, 1}) {
        const double truth = i == 0 ? exact.waits : exact.present;
        CHECK(found[i] > (1 - tolerance) * truth);
        CHECK(found[i] < (1 + tolerance) * truth);
        CHECK(held[i] >= 0.95 * seeds - 2.5 * std::sqrt(0.0475 * seeds));
    }
}

}  // namespace

TEST_CASE("variance constants of M/M/1: load 0.5") { compare({0.5, 29, 24, 1114023.0585241532}); }
TEST_CASE("variance constants of M/M/1: load 0.8") { compare({0.8, 1976, 1800, 4744201.645783896}); }
