// Promised: antithetic pairs and controls give the same quantities with narrower intervals that hold as often as they
// say, count a pair as one observation, top up like any run, and where they cannot be had the run says why. Shown: many
// runs of a queue whose truth is known, a queue whose only draw is mirrored by hand, results as bytes.
#include "tools/studies/variance_reduction.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "kernel/intervals.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tools/formats/results/result_writer.h"

using namespace understudy;

namespace {

studies::PreparedRun queue(const std::string& run, const std::string& measures = "avg wait(server)") {
    return tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(0.8/s)}}\nmeasures: [" +
        measures + "]\nrun: {" + run + "}\n");
}

const studies::MetricResult& metric(const studies::RunResult& result, const std::string& name) {
    for (const studies::MetricResult& one : result.metrics)
        if (one.name == name) return one;
    FAIL("no metric " << name);
    return result.metrics.front();
}

double half_width(const studies::Estimate& estimate) { return (*estimate.high - *estimate.low) / 2; }

}  // namespace

TEST_CASE("the second of a pair draws 1 - u for each u of the first") {
    // One service a replication, uniform from 0 s to 2 s: the two of a pair add up to 2 s.
    const auto prepared = tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: uniform(0s..2s)}}}\n"
        "load: {jobs: {arrivals: every 1h, count: 1}}\nmeasures: [avg latency(server)]\n"
        "run: {until: empty, replications: 20, variance_reduction: antithetic}\n");
    const auto result = tests::simulated(prepared);
    const auto& values = metric(result, "avg latency(server)").by_replication;
    REQUIRE(values.size() == 20);
    for (std::size_t i = 0; i < values.size(); i += 2) {
        CHECK(values[i] + values[i + 1] == doctest::Approx(2).epsilon(1e-8));
        if (i > 0) CHECK(values[i] != values[0]);
    }
    // So the mean is known after the first pair.
    const auto& estimate = result.metrics[0].estimate;
    CHECK(*estimate.value == doctest::Approx(1).epsilon(1e-8));
    CHECK(half_width(estimate) < 1e-8);
}

TEST_CASE("both paths mirror alike") {
    auto prepared = queue("length: 200s, warm_up: 0s, replications: 2");
    for (const bool mirrored : {false, true}) {
        models::ReplicationOptions options;
        options.mirrored = mirrored;
        const auto plain = models::run_replication(prepared.model, options);
        options.full = true;
        const auto full = models::run_replication(prepared.model, options);
        CHECK(plain->fingerprint == full->fingerprint);
        CHECK(plain->values == full->values);
    }
}

TEST_CASE("a pair is one observation") {
    const auto result = tests::simulated(
        queue("length: 30min, warm_up: 1min, replications: 20, variance_reduction: antithetic",
              "avg wait(server), avg present()"));
    const auto& present = metric(result, "avg present()");
    REQUIRE(present.by_section.size() == 10);
    std::vector<double> pairs;
    for (std::size_t i = 0; i < 20; i += 2)
        pairs.push_back((present.by_replication[i] + present.by_replication[i + 1]) / 2);
    const auto by_hand = kernel::mean_interval(pairs, 0.95);
    CHECK(*present.estimate.low == doctest::Approx(by_hand->low));
    CHECK(*present.estimate.high == doctest::Approx(by_hand->high));
    CHECK(present.estimate.replications == 20);
    CHECK(metric(result, "avg wait(server)").by_section.size() == 10);
    CHECK(result.replications_reason.starts_with("antithetic pairs: the interval of 'avg wait(server)' is "));
}

TEST_CASE("antithetic runs top up, and a precision takes whole pairs") {
    const auto of = [](int n) {
        return queue(
            "length: 2min, warm_up: 10s, variance_reduction: antithetic, replications: " + std::to_string(n),
            "p(90) wait(server), avg present(), sd latency(server)");
    };
    studies::RunOptions options;
    options.threads = 1;
    const auto few = studies::run(of(6), options), more = studies::run(of(10), options);
    for (const auto& [from, to, n] : {std::tuple{&few, &more, 10}, std::tuple{&more, &few, 6}}) {
        const auto result = studies::run(of(n), options, *from);
        CHECK(result.reused == 6);
        CHECK(formats::result_file_bytes(result) == formats::result_file_bytes(*to));
    }
    const auto precise = tests::simulated(queue(
        "length: 10min, warm_up: 1min, variance_reduction: antithetic, precision: 20%, replications: 2"));
    CHECK(precise.replications_done % 2 == 0);
    CHECK(precise.replications_done > 2);
}

TEST_CASE("controls correct what depends on the workers, and leave their own utilisation alone") {
    const std::string run = "length: 30min, warm_up: 5min, replications: 30";
    const auto with = tests::simulated(queue(run + ", variance_reduction: controls")),
               without = tests::simulated(queue(run));
    for (const char* name : {"avg wait(server)", "avg latency()", "avg present()"}) {
        CAPTURE(name);
        const auto &a = metric(with, name), &b = metric(without, name);
        CHECK(a.by_replication == b.by_replication);
        CHECK(half_width(a.estimate) < half_width(b.estimate));
        // What stands in the file for comparisons has the same mean and spread.
        double mean = 0;
        for (const double value : a.by_section) mean += value / 30;
        CHECK(mean == doctest::Approx(*a.estimate.value));
    }
    CHECK(metric(with, "avg utilisation(server)").estimate.low ==
          metric(without, "avg utilisation(server)").estimate.low);
    CHECK(metric(with, "p(95) latency()").estimate.low == metric(without, "p(95) latency()").estimate.low);
    CHECK(with.replications_reason.starts_with("controls: the interval of 'avg wait(server)' is "));
}

TEST_CASE("where there are no controls the run says why") {
    const std::string run = "length: 30min, warm_up: 5min, variance_reduction: controls, replications: ";
    CHECK(tests::warns(tests::simulated(queue(run + "19")), "no controls: they take 20 replications"));
    const auto varying = tests::simulated(tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
        "profiles: {day: {period: 10min, steps: {0min: 0.5x, 5min: 1.5x}}}\n"
        "load: {jobs: {arrivals: poisson(0.5/s), profile: day}}\nmeasures: [avg wait(server)]\nrun: {" +
        run + "20}\n"));
    CHECK(tests::warns(varying, "no controls: no utilisation is known exactly"));
    CHECK(varying.replications_reason.empty());
    const auto whole =
        tests::simulated(queue("length: 30min, warm_up: 0s, variance_reduction: controls, replications: 20"));
    CHECK(tests::warns(whole, "no controls: no warm-up is cut"));
}

TEST_CASE("what is of an instant or a window of the run is not corrected") {
    const std::string run = "length: 30min, warm_up: 5min, replications: 20";
    const std::string at = "at 20min present()";
    const auto with = tests::simulated(queue(run + ", variance_reduction: controls", at)),
               without = tests::simulated(queue(run, at));
    CHECK(metric(with, at).estimate.low == metric(without, at).estimate.low);
    CHECK(metric(with, "avg present()").estimate.low != metric(without, "avg present()").estimate.low);
}

TEST_CASE("one pair gives no interval, and what more it takes comes in pairs") {
    const auto judged = [](int replications, const std::string& objective) {
        const auto prepared = tests::prepared(
            "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
            "load: {jobs: {arrivals: poisson(0.8/s)}}\nobjectives: [" +
            objective +
            "]\nrun: {length: 30min, warm_up: 1min, variance_reduction: antithetic, replications: " +
            std::to_string(replications) + "}\n");
        return tests::simulated(prepared).objectives.front();
    };
    const auto one = judged(2, "avg wait(server) < 4s");
    CHECK(one.explanation == "one pair gives no interval; run at least two");
    CHECK(one.more_replications == 2);
    for (const char* objective : {"avg wait(server) < 4s", "p(99) wait(server) < 21s"}) {
        const auto several = judged(6, objective);
        CHECK(several.verdict == studies::Verdict::inconclusive);
        CHECK(several.more_replications > 0);
        CHECK(several.more_replications % 2 == 0);
    }
}

TEST_CASE("coverage: of means, with pairs and with controls") {
    const int runs = tests::runs_of(40);
    for (const char* kind : {"antithetic", "controls"}) {
        auto prepared =
            queue("length: 9000s, warm_up: 600s, replications: 60, variance_reduction: " + std::string(kind));
        auto plain = queue("length: 9000s, warm_up: 600s, replications: 60");
        int held = 0;
        double width = 0, usual = 0;
        for (int seed = 1; seed <= runs; ++seed) {
            prepared.scenario.run.seed = plain.scenario.run.seed = static_cast<std::uint64_t>(seed);
            const auto estimate = tests::simulated(prepared).metrics[0].estimate;
            held += *estimate.low <= 4 && 4 <= *estimate.high;
            width += half_width(estimate) / runs;
            usual += half_width(tests::simulated(plain).metrics[0].estimate) / runs;
        }
        if (tests::coverage_is_asked())
            MESSAGE(kind << ": held " << 100.0 * held / runs << " %, half as wide as usual times "
                         << width / usual);
        CAPTURE(kind);
        // Pairs save a sixth of the replications here, controls half of them.
        CHECK(width < (std::string(kind) == "controls" ? 0.8 : 0.95) * usual);
        CHECK(held >= (tests::coverage_is_asked() ? 0.93 * runs : runs - 6));
    }
}
