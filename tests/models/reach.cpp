// Promised: a partial run simulates what can change what is promised, and nothing else; what that is, by example of each
// way in which one element can change another. That values stay the same to the last bit is shown for scenarios put
// together at random (random_scenarios.cpp).
#include "models/reach.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "tools/formats/language/scenario_reader.h"

using namespace understudy;

namespace {

/// What a partial run of this leaves out.
std::string left_out(const std::string& body) {
    const auto reading = formats::read_scenario("understudy: 1\nscenario: s\n" + body, "s.yaml");
    REQUIRE_MESSAGE(reading.scenario.has_value(), reading.diagnostics.show());
    std::vector<models::Measure> measures = reading.scenario->measures;
    for (const models::Objective& one : reading.scenario->objectives) measures.push_back(one.measure);
    const models::ScenarioGraph graph(*reading.scenario);
    return fmt::format("{}", fmt::join(models::reached_by(measures, *reading.scenario, graph).left_out, " "));
}

/// Two ways from one stage, each with a stage of its own; `score` and `audit` take these keys besides.
std::string fork(const std::string& score, const std::string& audit, const std::string& measure,
                 const std::string& rest = "", const std::string& clean = "") {
    return "twin:\n  pools: {spark: {workers: 4}}\n  stages:\n"
           "    clean: {reads: clicks, workers: 2, service: 100ms, writes: [orders, events]" +
           clean +
           "}\n"
           "    score: {reads: orders, service: 100ms, " +
           score +
           "}\n"
           "    audit: {reads: events, service: 100ms, " +
           audit + "}\nload: {clicks: {arrivals: poisson(1/s)}}\n" + rest +
           "run: {length: 1h, warm_up: 0s, detail: partial}\nmeasures: ['" + measure + "']\n";
}

const std::string own = "workers: 1";

}  // namespace

TEST_CASE("reach: what comes later, and other branches, change nothing") {
    CHECK(left_out(fork(own, own, "avg wait(clean)")) == "audit score spark");
    CHECK(left_out(fork(own, own, "avg wait(score)")) == "audit spark");
    CHECK(left_out(fork(own, own, "avg freshness(orders)")) == "audit score spark");
    CHECK(left_out(fork(own, own, "avg freshness(audit)")) == "score spark");
}

TEST_CASE("reach: what is measured of all is of all") {
    CHECK(left_out(fork(own, own, "avg latency()")).empty());
    CHECK(left_out(fork(own, own, "avg latency(clicks)")) == "spark");
    CHECK(left_out(fork(own, own, "avg latency() of clicks")) == "spark");
    CHECK(left_out(fork(own, own, "share bottleneck(clean)")).empty());
}

TEST_CASE("reach: who shares workers is reached, with all that comes to it") {
    CHECK(left_out(fork("runs_on: spark", "runs_on: spark", "avg wait(score)")).empty());
    CHECK(left_out(fork("runs_on: spark", own, "avg utilisation(spark)")) == "audit");
}

TEST_CASE("reach: what pushes back changes what comes before it") {
    const std::string blocks = own + ", queue: {capacity: 3, full: block}";
    CHECK(left_out(fork(own, blocks, "avg wait(clean)")) == "score spark");
    CHECK(left_out(fork(own, own + ", queue: {capacity: 3, full: drop}", "avg wait(clean)")) ==
          "audit score spark");
    CHECK(left_out(fork(own, own, "avg wait(clean)", "", ", route: shortest")) == "spark");
    CHECK(left_out(fork(own, own, "avg wait(clean)", "", ", holds_until: exit")) == "spark");
}

TEST_CASE("reach: conditions are of what they look at") {
    const std::string when =
        "actions:\n  - {when: waiting(audit) > 9, for: 1min, set: clean.workers, to: 3}\n";
    CHECK(left_out(fork(own, own, "avg wait(clean)", when)) == "score spark");
    const std::string alert = "actions:\n  - {when: waiting(score) > 9, alert: slow}\n";
    CHECK(left_out(fork(own, own, "avg wait(clean)", alert)) == "audit spark");
    const std::string elsewhere = "actions:\n  - {at: 10min, for: 1min, fail: audit}\n";
    CHECK(left_out(fork(own, own, "avg wait(clean)", elsewhere)) == "audit score spark");
}

TEST_CASE("reach: closed loops come back") {
    const std::string body =
        "twin:\n  stages:\n    ask: {reads: people, workers: 1, service: 1s, writes: asked}\n"
        "    answer: {reads: asked, workers: 1, service: 1s}\n"
        "load: {people: {users: 5, think: 10s}}\n"
        "run: {length: 1h, warm_up: 0s}\nmeasures: [avg wait(ask)]\n";
    CHECK(left_out(body).empty());
}

TEST_CASE("reach: other loads keep their names, and bring nothing") {
    const auto reading = formats::read_scenario(
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n    a: {reads: x, workers: 1, service: 1s}\n"
        "    b: {reads: y, workers: 1, service: 1s}\n"
        "load: {x: {arrivals: every 2s}, y: {users: 3, think: 1s}}\n"
        "run: {length: 1h, warm_up: 0s}\nmeasures: [avg wait(a)]\n",
        "s.yaml");
    REQUIRE(reading.scenario.has_value());
    const models::ScenarioGraph graph(*reading.scenario);
    const auto reached = models::reached_by(reading.scenario->measures, *reading.scenario, graph);
    REQUIRE(reached.scenario.loads.size() == 2);
    CHECK(reached.scenario.loads[1].count == 0);
    CHECK(reached.scenario.twin.stages.size() == 1);
    CHECK(reached.left_out == std::vector<std::string>{"y", "b"});
    CHECK(reached.scenario.simulated_digest != reading.scenario->simulated_digest);
}
