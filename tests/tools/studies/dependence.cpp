// Promised: a quantile has an interval only where the state was seen over enough independent stretches beyond it, and what is
// not known, or does not matter, stands in nobody's way. Shown: on what was seen, made by hand, and on runs of a queue.
#include "tools/studies/dependence.h"

#include <doctest/doctest.h>

#include "tests/tools/studies/sample.h"

using namespace understudy;

namespace {

models::Measure quantile(double p) {
    models::Measure measure;
    measure.aggregate = models::Aggregate::quantile;
    measure.quantile = p;
    return measure;
}

studies::Seen seen(double stretches, double items) {
    studies::Seen seen;
    seen.stretches = stretches;
    kernel::Observed one;
    one.weight = items;
    seen.sections.add(0, one);
    return seen;
}

studies::RunResult run_of(const std::string& load, const std::string& length) {
    return tests::simulated(
        tests::prepared("twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
                        "load: {jobs: {arrivals: poisson(" +
                        load +
                        "/s)}}\nmeasures: [p(50) wait(server), p(99) wait(server), avg wait(server)]\n"
                        "objectives: [p(99) wait(server) < 1h]\n"
                        "run: {length: " +
                        length + ", warm_up: 5min, replications: 30}\n"));
}

bool has_interval(const studies::RunResult& result, const std::string& name) {
    for (const auto& metric : result.metrics)
        if (metric.name == name) return metric.estimate.low.has_value();
    FAIL("no metric " << name);
    return false;
}

}  // namespace

TEST_CASE("fourteen stretches beyond the quantile are enough, on either side") {
    for (const double p : {0.99, 0.01}) {
        CHECK(studies::times_for_tail(quantile(p), seen(700, 1e6)) == doctest::Approx(2));
        CHECK(studies::times_for_tail(quantile(p), seen(1400, 1e6)) == doctest::Approx(1));
    }
    CHECK(studies::times_for_tail(quantile(0.5), seen(700, 1e6)) < 1);
}

TEST_CASE("stretches that are not known, fewer items than stretches, and means stand in nobody's way") {
    CHECK(studies::times_for_tail(quantile(0.99), seen(0, 1e6)) == 0);
    CHECK(studies::times_for_tail(quantile(0.99), seen(600, 599)) == 0);
    CHECK(studies::times_for_tail(models::Measure{}, seen(700, 1e6)) == 0);
}

TEST_CASE(
    "a run of thirty relaxation times has no interval of p(99), one of three hundred has, and the rest in "
    "both") {
    // A relaxation time is 90 s.
    for (const auto& [length, enough] : {std::pair{"50min", false}, std::pair{"450min", true}}) {
        const auto result = run_of("0.8", length);
        CAPTURE(length);
        CHECK(has_interval(result, "avg wait(server)"));
        CHECK(has_interval(result, "p(50) wait(server)"));
        CHECK(has_interval(result, "p(99) wait(server)") == enough);
        const auto& objective = result.objectives.front();
        CHECK(objective.verdict == (enough ? studies::Verdict::met : studies::Verdict::inconclusive));
        if (!enough) CHECK(objective.more_replications > 0);
    }
}

TEST_CASE("what grows without end says nothing") {
    const auto prepared = tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(1.2/s)}}\nrun: {length: 10min, warm_up: 0s, replications: 2}\n");
    const std::vector<std::vector<std::vector<double>>> series(
        prepared.measures.size(), std::vector<std::vector<double>>(2, std::vector<double>(500, 1)));
    for (const auto& found : studies::dependence(prepared, series, 0)) CHECK_FALSE(found);
}

TEST_CASE(
    "a slow station is not hidden by one that has many items, and is nothing to what does not depend on it") {
    // A relaxation time of the slow one is nearly as long as the run; of 500 present in the crowd it moves 9 or so.
    const auto promising = [](const std::string& objective) {
        return tests::simulated(
            tests::prepared("twin:\n  stages:\n"
                            "    crowd: {reads: many, workers: unlimited, service: exponential(mean 100s)}\n"
                            "    slow: {reads: few, workers: 1, service: exponential(mean 90s)}\n"
                            "load: {many: {arrivals: poisson(5/s)}, few: {arrivals: poisson(0.01/s)}}\n"
                            "objectives: [" +
                            objective + "]\nrun: {length: 10h, warm_up: auto, replications: 6, seed: 3}\n"));
    };
    for (const std::string objective : {"avg wait(slow) < 100h", "avg present() < 100000"}) {
        CAPTURE(objective);
        const auto slow = promising(objective).objectives.front();
        CHECK(slow.verdict == studies::Verdict::inconclusive);
        CHECK(slow.reason == studies::Reason::warm_up);
    }
    CHECK(promising("avg present(crowd) < 1000").objectives.front().verdict == studies::Verdict::met);
}

TEST_CASE("no precision is aimed for where the run is too short for any number of replications") {
    const auto result = tests::simulated(
        tests::prepared("twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
                        "load: {jobs: {arrivals: poisson(0.9/s)}}\nobjectives: [avg wait(server) < 1h]\n"
                        "run: {length: 10min, warm_up: auto, replications: 12, precision: 1%}\n"));
    CHECK(result.replications_done == 12);
    CHECK(tests::warns(result, "no precision was aimed for"));
    CHECK(result.objectives.front().reason == studies::Reason::warm_up);
}
