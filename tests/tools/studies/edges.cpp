// Promised: what lies at the edges of a model still means what it says: places, addresses, temporary edits, time
// limits, and models that outgrow the memory or the clock. Shown: small deterministic scenarios whose result is
// known by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/tools/studies/sample.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using tests::warns;

namespace {

studies::RunResult run(const std::string& twin, const std::string& rest) {
    return tests::simulated(tests::prepared("twin:\n" + twin + rest));
}

double value(const studies::RunResult& result, const std::string& name) {
    for (const auto& metric : result.metrics)
        if (metric.name == name) {
            INFO(name);
            REQUIRE(metric.estimate.value);
            return *metric.estimate.value;
        }
    FAIL("no metric " << name);
    return 0;
}

}  // namespace

TEST_CASE("without a queue, who is blocked goes on as soon as a worker is free") {
    const auto result =
        run("  stages:\n"
            "    first: {reads: jobs, workers: 1, service: 1s}\n"
            "    second: {reads: first, workers: 1, service: 3s, queue: {capacity: 0, full: block}}\n",
            "load: {jobs: {arrivals: every 2s}}\n"
            "run: {length: 1h, warm_up: 0s, replications: 2}\n"
            "measures: [total completed(second)]\n");
    CHECK(value(result, "total completed(second)") == doctest::Approx(1199));
}

TEST_CASE("copies of one item that meet at one stage are served independently") {
    const auto result =
        run("  stages:\n    a: {reads: jobs}\n    b: {reads: jobs}\n"
            "    c: {reads: [a, b], workers: unlimited, service: exponential(mean 1s)}\n",
            "load: {jobs: {arrivals: every 100s}}\n"
            "run: {length: 1000h, warm_up: 0s, replications: 4}\n"
            "measures: [avg latency()]\n");
    // The later of two exponentials: 1.5 times their mean; of one drawn twice: 1.
    CHECK(value(result, "avg latency()") == doctest::Approx(1.5).epsilon(0.03));
}

TEST_CASE("temporary edits of one parameter that overlap leave it as it was") {
    const auto result = run("  stages: {a: {reads: jobs, workers: 1, service: 1s}}\n",
                            "load: {jobs: {arrivals: poisson(0.1/s)}}\n"
                            "actions:\n"
                            "  - {at: 1h, for: 2h, set: a.workers, to: 2x}\n"
                            "  - {at: 2h, for: 2h, set: a.workers, to: 5}\n"
                            "run: {length: 10h, warm_up: 0s, replications: 2}\n"
                            "measures: [at 90min workers(a), at 150min workers(a), at 210min workers(a), "
                            "at end workers(a)]\n");
    CHECK(value(result, "at 90min workers(a)") == 2);
    CHECK(value(result, "at 150min workers(a)") == 5);
    CHECK(value(result, "at 210min workers(a)") == 5);
    CHECK(value(result, "at end workers(a)") == 1);
}

TEST_CASE("a run that ends at its time limit has kept it") {
    const auto result =
        run("  pools: {p: {workers: 1}}\n"
            "  pipelines:\n"
            "    r: {schedule: every 1h, timeout: 30min, tasks: {a: {runs_on: p, service: 30min}}}\n",
            "run: {length: 10h, warm_up: 0s, replications: 2}\n"
            "measures: [total failed(r)]\n");
    CHECK(value(result, "total failed(r)") == 0);
}

TEST_CASE("the places of a run that is cut off go to the tasks of those that wait") {
    const auto result =
        run("  pools: {p: {workers: 1}}\n"
            "  pipelines:\n"
            "    r:\n"
            "      schedule: every 1h\n"
            "      timeout: 150min\n"
            "      max_active_tasks: 1\n"
            "      tasks: {a: {runs_on: p, service: 10h}}\n",
            "run: {length: 40h, warm_up: 0s, replications: 2}\n"
            "measures: [avg utilisation(p)]\n");
    CHECK(value(result, "avg utilisation(p)") == doctest::Approx(1));
}

TEST_CASE("parts of a whole that can no longer come together are all lost") {
    const auto result =
        run("  stages:\n"
            "    part: {reads: jobs, workers: 1, service: 1s, emits: {items: 3}, writes: {slow: 50%, fast: "
            "50%}}\n"
            "    try: {reads: [slow, fast], workers: 1, service: 1s, failure: 50%}\n"
            "    whole: {reads: try, join: {of: parts, needs: all}}\n",
            "load: {jobs: {arrivals: every 10s}}\n"
            "run: {length: 100h, warm_up: 0s, replications: 2}\n"
            "measures: [rate completed(whole), rate lost(whole), rate arrived(whole)]\n");
    // One whole in eight; what else arrives is lost, whatever the order.
    const double completed = value(result, "rate completed(whole)");
    CHECK(completed == doctest::Approx(0.1 / 8).epsilon(0.1));
    CHECK(value(result, "rate arrived(whole)") - value(result, "rate lost(whole)") ==
          doctest::Approx(3 * completed).epsilon(0.01));
}

TEST_CASE("a model that outgrows the memory ends with a reason and no verdict") {
    const auto result =
        run("  stages:\n    a: {reads: jobs, emits: {items: 1000}}\n    b: {reads: a, emits: {items: 1000}}\n"
            "    c: {reads: b, emits: {items: 1000}}\n    d: {reads: c, workers: 1, service: 1s}\n",
            "load: {jobs: {arrivals: every 2s}}\n"
            "run: {length: 1h, warm_up: 0s, replications: 1}\n");
    CHECK(warns(result, "more than 10 million items"));
    CHECK(result.verdict == studies::Verdict::inconclusive);
}

TEST_CASE("a model in which time stands still ends with a reason and no verdict") {
    const auto result =
        run("  stages:\n    a:\n      reads: jobs\n      workers: 1\n      service: 10s\n"
            "      queue: {capacity: 1, full: retry}\n      retry: {times: unlimited}\n",
            "load: {jobs: {arrivals: every 2s}}\n"
            "run: {length: 1h, warm_up: 0s, replications: 1}\n");
    CHECK(warns(result, "time stands still"));
    CHECK(result.verdict == studies::Verdict::inconclusive);
}

TEST_CASE("an action that would happen more than a million times is refused") {
    const auto reading = formats::read_scenario(
        "understudy: 1\nscenario: s\ntwin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}\n"
        "load: {jobs: {arrivals: every 2s}}\nactions: [{every: every 1ms, alert: often}]\nrun: {length: "
        "1h}\n",
        "s.yaml");
    REQUIRE(reading.scenario);
    models::Problems problems;
    CHECK_FALSE(studies::prepare(*reading.scenario, problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].message == "happens more than a million times in the run");
}
