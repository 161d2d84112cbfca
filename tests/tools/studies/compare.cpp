// Promised: finished runs are compared in pairs where their seeds are the same, else as independent samples; what does
// not change differs by exactly 0; a difference of quantiles is that of the quantiles; of three runs and more each stands
// beside the best. Shown: small scenarios, run and compared.
#include "tools/studies/compare.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/tools/studies/sample.h"

using namespace understudy;
using kernel::Difference;
using kernel::Standing;

namespace {

studies::ComparedRun run_of(const std::string& name, const std::string& service, const std::string& more = "",
                            const std::string& run = "length: 2h, warm_up: 5min, replications: 20, seed: 3") {
    const std::string text = "twin:\n  stages:\n" + more +
                             "    server: {reads: jobs, workers: 1, service: " + service +
                             "}\nload: {jobs: {arrivals: poisson(0.5/s)}" +
                             (more.empty() ? "" : ", others: {arrivals: poisson(1/s)}") + "}\nrun: {" + run +
                             "}\nmeasures: [avg wait(server), p(90) latency(server), sd wait(server)]\n";
    return {name, tests::simulated(tests::prepared(text))};
}

const studies::ComparedMeasure& measure(const studies::Comparison& comparison, const std::string& name) {
    const auto found = std::find_if(comparison.measures.begin(), comparison.measures.end(),
                                    [&](const auto& one) { return one.name == name; });
    REQUIRE(found != comparison.measures.end());
    return *found;
}

}  // namespace

TEST_CASE("an identical run differs by exactly 0") {
    const auto comparison = studies::compare(
        {run_of("a", "exponential(mean 1s)"), run_of("b", "exponential(mean 1s)")}, {});
    CHECK(comparison.paired);
    CHECK(comparison.warnings.empty());
    CHECK(comparison.only_in_some.empty());
    CHECK(comparison.measures.size() > 5);
    for (const auto& one : comparison.measures) {
        INFO(one.name);
        REQUIRE(one.differences.size() == 1);
        REQUIRE(one.differences[0].difference);
        CHECK(one.differences[0].difference->estimate.low == 0);
        CHECK(one.differences[0].difference->estimate.high == 0);
    }
}

TEST_CASE("a stage that has nothing to do with it changes nothing") {
    const auto comparison = studies::compare(
        {run_of("a", "exponential(mean 1s)"),
         run_of("b", "exponential(mean 1s)", "    other: {reads: others, workers: 2, service: 1s}\n")},
        {});
    for (const char* name : {"avg wait(server)", "p(90) latency(server)", "avg utilisation(server)"}) {
        const auto& difference = measure(comparison, name).differences[0].difference;
        REQUIRE(difference);
        CHECK(difference->estimate.low == 0);
        CHECK(difference->estimate.high == 0);
    }
    CHECK(std::find(comparison.only_in_some.begin(), comparison.only_in_some.end(),
                    "avg utilisation(other): not in a") != comparison.only_in_some.end());
}

TEST_CASE("pairs see a small change that independent runs do not") {
    const auto a = run_of("a", "exponential(mean 1s)"), b = run_of("b", "exponential(mean 0.99s)");
    const auto paired = studies::compare({a, b}, {});
    for (const char* name : {"avg wait(server)", "p(90) latency(server)", "sd wait(server)"}) {
        const auto& difference = measure(paired, name).differences[0].difference;
        INFO(name);
        REQUIRE(difference);
        CHECK(difference->order == Difference::Order::candidate_lower);
        CHECK(difference->variance_ratio > 5);
    }
    studies::CompareOptions options;
    options.independent = true;
    const auto independent = studies::compare({a, b}, options);
    CHECK_FALSE(independent.paired);
    CHECK(measure(independent, "avg wait(server)").differences[0].difference->order ==
          Difference::Order::undecided);
    const auto other = studies::compare(
        {a, run_of("b", "exponential(mean 0.99s)", "", "length: 2h, warm_up: 5min, replications: 20, seed: 4")}, {});
    CHECK(other.why_independent == "the seeds differ: 3 and 4");
}

TEST_CASE("a difference of quantiles is that of the quantiles, even of one item a replication") {
    const std::string once = "until: empty, replications: 200, seed: 1";
    const auto whole = [&](const char* service) {
        return studies::ComparedRun{
            service, tests::simulated(tests::prepared(
                         std::string("twin: {stages: {s: {reads: jobs, workers: 1, service: ") + service +
                         "}}}\nload: {jobs: {arrivals: every 1s, count: 1}}\nrun: {" + once +
                         "}\nmeasures: [p(90) service(s)]\n"))};
    };
    const auto comparison =
        studies::compare({whole("exponential(mean 10s)"), whole("exponential(mean 9s)")}, {});
    const auto& difference = measure(comparison, "p(90) service(s)").differences[0].difference;
    REQUIRE(difference);
    // -2.3 and not -1, which the means differ by.
    CHECK(difference->estimate.contains(-2.302585));
    CHECK(difference->estimate.high < -1.2);
}

TEST_CASE("of three runs each stands beside the best") {
    const auto comparison =
        studies::compare({run_of("a", "exponential(mean 1s)"), run_of("b", "exponential(mean 0.8s)"),
                          run_of("c", "exponential(mean 0.9s)")},
                         {std::nullopt, false, {{"avg wait(server)", true}}});
    const auto& wait = measure(comparison, "avg wait(server)");
    REQUIRE(wait.standings.size() == 3);
    CHECK(wait.standings[0].place == Standing::Place::not_best);
    CHECK(wait.standings[1].place == Standing::Place::best);
    CHECK(wait.standings[2].place == Standing::Place::not_best);
    CHECK(wait.standings[1].high < 0);
    // What is better is not known of it.
    CHECK(measure(comparison, "avg utilisation(server)").standings.empty());
}

TEST_CASE("what should be alike and is not is said") {
    const auto comparison = studies::compare(
        {run_of("a", "exponential(mean 1s)"),
         run_of("b", "exponential(mean 1s)", "", "length: 3h, warm_up: 10min, replications: 15, seed: 3")},
        {});
    REQUIRE(comparison.warnings.size() == 2);
    CHECK(comparison.warnings[0] == "a and b ran for different lengths: 7200 s and 10800 s");
    CHECK(comparison.warnings[1].starts_with("a and b had different warm-ups cut: 300 s and 600 s"));
    CHECK(comparison.paired);
    CHECK(measure(comparison, "avg wait(server)").differences[0].difference->estimate.count == 15);
}
