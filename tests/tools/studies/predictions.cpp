// Promised: a forecast's intervals contain what comes, as often as they say; they do not depend on threads; objectives
// hold in as many futures as they do; too few futures give no interval. Each run that is under way, each that is due by the
// clock, and what is at each stage now has an answer of its own. Constraints count. What the state does not hold is told,
// and what may depend on it is inconclusive.
// Shown: snapshots of simulated truths in the middle of a run, whose next 8 hours are known; UNDERSTUDY_COVERAGE=1000 gives
// the number of docs/state.md.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "models/compile/compile.h"
#include "models/simulation/snapshot.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tools/formats/json/forecast_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/forecast.h"
#include "tools/studies/run.h"

using namespace understudy;

namespace {

models::Scenario scenario(const std::string& rest) {
    auto reading = formats::read_scenario("understudy: 1\nscenario: sample\n" + rest, "sample.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return std::move(*reading.scenario);
}

/// A line that has built up, work of wide spread, retries, and a pipeline on the same workers.
const char* const busy = R"(
twin:
  pools: {crew: {workers: 3}}
  stages:
    clean: {reads: jobs, runs_on: crew, service: lognormal(mean 9min cv 1), failure: 5%, retry: {times: 2, backoff: exponential(mean 10min)}}
  pipelines:
    nightly:
      schedule: every 6h
      tasks:
        fetch: {runs_on: crew, service: lognormal(mean 1h cv 0.5)}
        check: {after: fetch, runs_on: crew, service: exponential(mean 20min)}
load: {jobs: {arrivals: poisson(17/h)}}
run: {length: 18h, warm_up: 10h}
objectives: [avg latency(clean) < 2h]
)";

}  // namespace

TEST_CASE("forecast: predicts by order statistics") {
    std::vector<double> values;
    for (int i = 1; i <= 199; ++i) values.push_back(i);
    const auto predicted = studies::predict(values, 0.95);
    CHECK(*predicted.low == 5);
    CHECK(*predicted.middle == 100);
    CHECK(*predicted.high == 195);
    CHECK(studies::futures_needed(0.95) == 39);
    CHECK(studies::futures_needed(0.9) == 19);
    CHECK_FALSE(studies::predict(std::vector<double>(38, 1.0), 0.95).low.has_value());
    CHECK(studies::predict(std::vector<double>(39, 1.0), 0.95).low.has_value());
    values.assign(40, std::nan(""));
    CHECK_FALSE(studies::predict(values, 0.95).middle.has_value());
}

TEST_CASE("forecast: threads change nothing, and what is sure is told") {
    auto twin = scenario(
        "twin:\n  stages: {server: {reads: jobs, workers: 1, service: 1min}}\n  state: {server: {waiting: "
        "100}}\n"
        "load: {jobs: {arrivals: every 10min}}\nrun: {length: 1h}\n"
        "objectives: [at end waiting(server) < 50, at end waiting(server) < 47]\n");
    studies::ForecastOptions options;
    options.horizon = kernel::from_seconds(3600);
    options.futures = 39;
    models::Problems problems;
    options.threads = 1;
    const auto one = studies::forecast(twin, options, problems);
    options.threads = 3;
    const auto three = studies::forecast(twin, options, problems);
    REQUIRE(one);
    REQUIRE(three);
    CHECK(formats::forecast_as_json(*one) == formats::forecast_as_json(*three));
    CHECK(one->coverage == doctest::Approx(0.95));
    // 100 that wait and 5 that come, less 60 done and one at work: 45; at 60 min the sixth comes.
    CHECK(one->objectives[0].holds == 39);
    CHECK(one->objectives[0].verdict == studies::Verdict::met);
    REQUIRE(one->backlogs.size() == 1);
    CHECK(*one->backlogs[0].at.back().low == *one->backlogs[0].at.back().high);
}

namespace {

studies::Forecast forecast_of(const std::string& rest, double hours) {
    studies::ForecastOptions options;
    options.horizon = kernel::from_seconds(hours * 3600);
    options.futures = 39;
    models::Problems problems;
    auto found = studies::forecast(scenario(rest), options, problems);
    REQUIRE(found);
    return std::move(*found);
}

}  // namespace

TEST_CASE("forecast: each run that is under way and each that will be due is over at its own time") {
    // Tomorrow's run begins within the horizon, and says nothing of tonight's.
    const auto night = forecast_of(
        "twin:\n  pools: {vm: {workers: 1}}\n  pipelines:\n    nightly: {schedule: every 1d, tasks: {t: "
        "{runs_on: vm, "
        "service: 2h}}}\n  as_of: 1h\n  state:\n    nightly: {runs: [{age: 1h, tasks: {t: {served: "
        "30min}}}]}\n"
        "run: {length: 3d}\n",
        24);
    REQUIRE(night.runs.size() == 2);
    CHECK(night.runs[0].open);
    CHECK(night.runs[0].due == 0);
    CHECK(night.runs[0].over == 39);
    CHECK(*night.runs[0].end.middle == doctest::Approx(9000));
    CHECK_FALSE(night.runs[1].open);
    CHECK(night.runs[1].due == kernel::from_seconds(86400));
    CHECK(night.runs[1].over == 0);
    CHECK(std::isinf(*night.runs[1].end.high));
}

TEST_CASE("forecast: what is at a stage now is gone by its own time, whatever comes after") {
    const auto backlog = forecast_of(
        "twin:\n  stages: {server: {reads: jobs, workers: 1, service: 1min}}\n  state: {server: {waiting: "
        "100, working: "
        "[{served: 30s}]}}\nload: {jobs: {arrivals: every 2min}}\nrun: {length: 1d}\n",
        4);
    REQUIRE(backlog.drains.size() == 1);
    CHECK(backlog.drains[0].present == 101);
    CHECK(backlog.drains[0].drained == 39);
    CHECK(*backlog.drains[0].at.low == doctest::Approx(6030));
    CHECK(*backlog.drains[0].at.high == doctest::Approx(6030));
}

TEST_CASE("forecast: a constraint counts by the futures in which it is raised") {
    const auto raised = [](const std::string& limit, const std::string& level) {
        return forecast_of(
            "twin:\n  stages: {server: {reads: jobs, workers: 1, service: 1min}}\n  state: {server: "
            "{waiting: 50}}\n"
            "load: {jobs: {arrivals: every 30s}}\nrun: {length: 1d}\n"
            "actions: [{when: waiting(server) > " +
                limit + ", alert: a long line" + level + "}]\nobjectives: [avg latency(server) < 100h]\n",
            1);
    };
    const auto broken = raised("60", ", level: fail");
    REQUIRE(broken.alerts.size() == 1);
    CHECK(broken.alerts[0].raised == 39);
    CHECK(broken.alerts[0].verdict == studies::Verdict::violated);
    CHECK(broken.objectives[0].verdict == studies::Verdict::met);
    CHECK(broken.verdict == studies::Verdict::violated);
    CHECK(raised("600", ", level: fail").verdict == studies::Verdict::met);
    const auto warned = raised("60", "");
    CHECK(warned.alerts[0].raised == 39);
    CHECK(warned.alerts[0].level == "warn");
    CHECK(warned.verdict == studies::Verdict::met);
}

TEST_CASE("forecast: what the state does not hold is told, and makes inconclusive what may depend on it") {
    const auto forecast = forecast_of(
        "twin:\n  stages:\n    a: {reads: jobs, workers: 1, service: 1min, writes: done}\n"
        "    b: {reads: done, workers: 1, service: 1min}\n    c: {reads: others, workers: 1, service: 1min}\n"
        "  state: {a: {waiting: 3, missing: [what waits outside]}}\n"
        "load: {jobs: {arrivals: every 2min}, others: {arrivals: every 2min}}\nrun: {length: 1d}\n"
        "actions: [{when: waiting(b) > 900, alert: long, level: fail}]\n"
        "objectives: [avg latency(b) < 100h, avg latency(c) < 100h]\n",
        1);
    REQUIRE(forecast.missing.size() == 1);
    CHECK(forecast.missing[0].what == "what waits outside");
    CHECK(forecast.objectives[0].verdict == studies::Verdict::inconclusive);
    CHECK(forecast.objectives[0].lacks == std::vector<std::string>{"a"});
    CHECK(forecast.objectives[1].verdict == studies::Verdict::met);
    CHECK(forecast.objectives[1].lacks.empty());
    CHECK(forecast.alerts[0].verdict == studies::Verdict::inconclusive);
    CHECK(forecast.verdict == studies::Verdict::inconclusive);
    CHECK(forecast.drains[0].lacks);
    CHECK(formats::forecast_as_json(forecast).find("\"reason\": \"state\"") != std::string::npos);
}

TEST_CASE("forecast: contains what comes, in as many cases as it says") {
    const int cases = tests::runs_of(40);
    models::Scenario twin = scenario(busy);
    const kernel::Time now = kernel::from_seconds(10 * 3600);
    models::Problems problems;
    const auto prepared = studies::prepare(twin, problems, studies::Measured::asked);
    REQUIRE(prepared);
    int inside = 0;
    for (int i = 0; i < cases; ++i) {
        models::ReplicationOptions truth;
        truth.seed = 20261128;
        truth.index = static_cast<std::uint64_t>(i);
        truth.warm_up = now;
        const auto outcome = models::run_replication(prepared->model, truth);
        REQUIRE(outcome);
        models::Scenario from = twin;
        from.twin.state = models::snapshot_at(prepared->model, truth, now).state;
        from.run.seed = static_cast<std::uint64_t>(i) + 1;
        studies::ForecastOptions options;
        options.horizon = kernel::from_seconds(8 * 3600);
        options.futures = tests::coverage_is_asked() ? 199 : 39;
        const auto forecast = studies::forecast(from, options, problems);
        REQUIRE(forecast);
        const auto& value = forecast->objectives[0].value;
        REQUIRE(value.low);
        if (*outcome->values[0] >= *value.low && *outcome->values[0] <= *value.high) ++inside;
    }
    if (tests::coverage_is_asked())
        std::printf("forecasts over 8 h: %d of %d contain what came (95 %% promised)\n", inside, cases);
    // Fewer, or with so many cases more, are seen once in 1000 such tests where 95 % are promised.
    const double spread = std::sqrt(cases * 0.95 * 0.05);
    CHECK(inside >= cases * 0.95 - 3.3 * spread);
    if (cases >= 1000) CHECK(inside <= cases * 0.95 + 3.3 * spread);
}
