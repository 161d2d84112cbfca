// Promised: numbers that were fitted together are drawn together, with the standard errors and correlations of the fit,
// none below 0, and what they make moves by them; a value that somebody has set since is certain; both sides of a pair get
// the same, and the interval of a run on a platform that logs told holds the true mean about as often as it says.
// Shown: moments of many draws; a twin of two tasks; makespans of workflows that no log was of, on platforms that are
// known (few here, UNDERSTUDY_COVERAGE=60 for the table of docs/calibration.md).
#include "tools/studies/redrawn_together.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tests/tools/studies/sample_overheads.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/input_uncertainty.h"
#include "tools/studies/redrawn_inputs.h"
#include "tools/studies/replay_twin.h"

using namespace understudy;
using studies::FittedTogether;
using studies::UncertainInput;

namespace {

const FittedTogether three = {{{"a", 50, 2, {}}, {"b", 30, 0.5, {-0.9}}, {"c", 90, 4, {0.3, 0.1}}}, 30, {}};

/// Draws of all numbers, by number.
std::vector<std::vector<double>> many_draws(const FittedTogether& together, int draws) {
    std::vector<std::vector<double>> by_number(together.numbers.size());
    for (int draw = 0; draw < draws; ++draw) {
        kernel::Stream stream(kernel::stream_key(3, static_cast<std::uint64_t>(draw), "together",
                                                 kernel::Purpose::bootstrap, "input"));
        const std::vector<double> values = studies::redrawn_numbers(together, stream);
        for (std::size_t i = 0; i < values.size(); ++i) by_number[i].push_back(values[i]);
    }
    return by_number;
}

double covariance(const std::vector<double>& a, const std::vector<double>& b) {
    double mean_a = 0, mean_b = 0, sum = 0;
    const auto n = static_cast<double>(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) mean_a += a[i] / n, mean_b += b[i] / n;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
    return sum / n;
}

/// A pool that launches, a pipeline with a delay for all but one of its tasks.
models::Scenario small_twin() {
    return tests::prepared(
               "twin:\n"
               "  pools: {hpc: {workers: 1, cores: 8, speed: 0.8, launch: 2s}}\n"
               "  pipelines:\n"
               "    flow:\n"
               "      schedule: once\n"
               "      defaults: {delay: 15s, runs_on: hpc}\n"
               "      tasks:\n"
               "        a: {service: 10s, launch: 5s}\n"
               "        b: {service: 10s, after: a, delay: 1s}\n"
               "        c: {service: 10s, after: b}\n"
               "run: {length: 1h}\n")
        .scenario;
}

UncertainInput of_small_twin() {
    UncertainInput input;
    input.path = "overheads";
    input.together = {{{"level", 15, 1, {}},
                       {"task", 2, 0.3, {-0.8}},
                       {"GB", 3, 0.1, {0, 0}},
                       {"more", 0.25, 0.1, {0, 0, 0}}},
                      6,
                      {{"flow.defaults.delay", {1, 0, 0, 0}, 15},
                       {"hpc.launch", {0, 1, 0, 0}, 2},
                       {"flow.a.launch", {0, 1, 1, 0}, 5},
                       {"hpc.speed", {0, 0, 0, 1}, 0.8}}};
    return input;
}

double seconds_of(const models::Law& law) {
    REQUIRE(law.is_constant());
    return law.terms.front().law.mean();
}

}  // namespace

TEST_CASE("numbers that were fitted together vary as the fit says") {
    const auto draws = many_draws(three, 20'000);
    // Student's law of 30 degrees has 30/28 of the variance.
    const double wider = 30.0 / 28;
    const double expected[3][3] = {{4, -0.9, 2.4}, {-0.9, 0.25, 0.2}, {2.4, 0.2, 16}};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            CAPTURE(i);
            CAPTURE(j);
            const double of = std::sqrt(expected[i][i] * expected[j][j]) * wider;
            CHECK(std::fabs(covariance(draws[i], draws[j]) - expected[i][j] * wider) < 0.05 * of);
        }
    for (std::size_t i = 0; i < 3; ++i) {
        double mean = 0;
        for (const double value : draws[i]) mean += value / static_cast<double>(draws[i].size());
        CHECK(std::fabs(mean - three.numbers[i].value) < 0.05 * three.numbers[i].error);
    }
}

TEST_CASE("no number is below 0, and one that becomes 0 takes along what goes against it") {
    // Only their sum is known well.
    const FittedTogether two = {{{"a", 1, 10, {}}, {"b", 9, 10, {-0.9999}}}, 1000, {}};
    const auto draws = many_draws(two, 2000);
    int at_zero = 0;
    for (std::size_t i = 0; i < draws[0].size(); ++i) {
        CHECK(draws[0][i] >= 0);
        CHECK(draws[1][i] >= 0);
        at_zero += draws[0][i] == 0 ? 1 : 0;
        CHECK(std::fabs(draws[0][i] + draws[1][i] - 10) < 6 * 10 * std::sqrt(2 * (1 - 0.9999)));
    }
    CHECK(at_zero > 700);
}

TEST_CASE("correlations that no numbers have are told") {
    CHECK(studies::can_be_correlated(three.numbers));
    CHECK_FALSE(studies::can_be_correlated({{"a", 1, 1, {}}, {"b", 1, 1, {0.9}}, {"c", 1, 1, {0.9, -0.9}}}));
}

TEST_CASE("what numbers make moves by them") {
    const models::Scenario twin = small_twin();
    const UncertainInput input = of_small_twin();
    const models::Scenario drawn = studies::redraw_inputs(twin, {input}, 1, 7);
    kernel::Stream stream(kernel::stream_key(1, 7, "overheads", kernel::Purpose::bootstrap, "input"));
    const std::vector<double> numbers = studies::redrawn_numbers(*input.together, stream);
    const auto& tasks = drawn.twin.pipelines.front().tasks;
    const models::Workers& pool = drawn.twin.pools.front().workers;
    CHECK(seconds_of(tasks[0].delay) == doctest::Approx(numbers[0]));
    CHECK(seconds_of(tasks[1].delay) == 1);  // its own
    CHECK(seconds_of(tasks[2].delay) == doctest::Approx(numbers[0]));
    CHECK(seconds_of(pool.launch) == doctest::Approx(numbers[1]));
    CHECK(seconds_of(tasks[0].work.launch) == doctest::Approx(numbers[1] + numbers[2]));
    CHECK(pool.type.speed == doctest::Approx(1 / (1 + numbers[3])));
    CHECK(numbers[0] != 15);
}

TEST_CASE("what somebody has set since is certain, the rest is drawn as before") {
    models::Scenario twin = small_twin();
    twin.twin.pools.front().workers.type.speed = 1;
    UncertainInput input = of_small_twin();
    studies::keep_as_fitted(twin, *input.together);
    REQUIRE(input.together->makes.size() == 3);
    const models::Scenario drawn = studies::redraw_inputs(twin, {input}, 1, 7),
                           all = studies::redraw_inputs(small_twin(), {of_small_twin()}, 1, 7);
    CHECK(drawn.twin.pools.front().workers.type.speed == 1);
    CHECK(seconds_of(drawn.twin.pools.front().workers.launch) ==
          seconds_of(all.twin.pools.front().workers.launch));
    input.together->makes.clear();
    CHECK(studies::why_not_redrawn(twin, {input}) ==
          std::vector<std::string>{"is nothing of this twin that can be drawn anew"});
}

namespace {

/// The scenario with times of work that vary, asked for how long its pipeline takes.
models::Scenario varied(models::Scenario scenario, std::int64_t replications) {
    models::Pipeline& pipeline = scenario.twin.pipelines.front();
    for (models::Task& task : pipeline.tasks)
        if (const double mean =
                task.work.service.is_constant() ? task.work.service.terms.front().law.mean() : 0;
            mean > 0)
            task.work.service = studies::law_of(kernel::Distribution::lognormal(mean, 0.1));
    models::Measure latency;
    latency.metric = models::Metric::latency;
    latency.scope = pipeline.name;
    latency.aggregate = models::Aggregate::average;
    latency.text = "avg latency(" + pipeline.name + ")";
    scenario.measures = {latency};
    scenario.objectives.clear();
    scenario.run.replications = replications;
    scenario.run.precision.reset();
    return scenario;
}

studies::PreparedRun prepared_of(models::Scenario scenario) {
    models::Problems problems;
    auto prepared = studies::prepare(std::move(scenario), problems, studies::Measured::asked);
    REQUIRE(prepared);
    return std::move(*prepared);
}

}  // namespace

TEST_CASE("coverage: a makespan on a platform that logs told") {
    const int sets = tests::runs_of(5);
    for (const tests::Platform& platform : {tests::Platform{2, 0, 15, 1}, tests::Platform{2, 3, 15, 1.2}})
        for (const double noise : {0.03, 0.1}) {
            if (!tests::coverage_is_asked() && noise != 0.03) continue;
            int with = 0, without = 0;
            double width_with = 0, width_without = 0;
            for (int set = 0; set < sets; ++set) {
                kernel::Stream stream(kernel::stream_key(8, static_cast<std::uint64_t>(set), "platform",
                                                         kernel::Purpose::service, ""));
                const std::vector<models::RecordedRun> logs = tests::logs_on(platform, noise, stream);
                const models::RecordedRun other = tests::layers(20, 6, stream);
                const double truth =
                    *tests::simulated(prepared_of(varied(tests::twin_on(other, platform), 100)))
                         .metrics.front()
                         .estimate.value;
                models::Scenario twin = studies::build_twin(other, studies::Submissions::inferred).scenario;
                const studies::Calibration found = studies::calibrate(twin, logs);
                REQUIRE(found.uncertain.size() == 1);
                studies::apply_calibration(found.edits, twin);
                const studies::PreparedRun prepared = prepared_of(varied(std::move(twin), 20));
                studies::RunResult result = tests::simulated(prepared);
                studies::RunOptions options;
                options.threads = 1;
                studies::add_input_uncertainty(prepared, found.uncertain, studies::usual_input_draws, options,
                                               result);
                const studies::Estimate& estimate = result.metrics.front().estimate;
                REQUIRE(estimate.simulation);
                if (*estimate.low <= truth && truth <= *estimate.high) ++with;
                if (estimate.simulation->low <= truth && truth <= estimate.simulation->high) ++without;
                width_with += (*estimate.high - *estimate.low) / 2 / truth / sets;
                width_without += (estimate.simulation->high - estimate.simulation->low) / 2 / truth / sets;
            }
            CAPTURE(platform[1]);
            CAPTURE(noise);
            if (tests::coverage_is_asked())
                std::printf(
                    "%g s a GB, noise %g, %d sets: with %.1f %%, half width %.1f %%; without %.1f %%, half "
                    "width %.1f %%\n",
                    platform[1], noise, sets, 100.0 * with / sets, 100 * width_with, 100.0 * without / sets,
                    100 * width_without);
            CHECK(with >= sets * 0.95 - 4 * std::sqrt(sets * 0.95 * 0.05));
        }
}
