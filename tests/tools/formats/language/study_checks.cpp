// Promised: what a study asks of its base and that does not have is found at its place in the study; so is what it sets for
// its runs, and money that cannot be added up. Shown: one of each; values and disturbances, with the base from a file, in
// tests/rejected.
#include "tools/formats/language/study_checks.h"

#include <doctest/doctest.h>

#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

const char* const costly =
    "understudy: 1\nscenario: b\ntwin: {stages: {server: {reads: jobs, workers: 2, cost: 1EUR/h, service: "
    "1s}}}\n"
    "load: {jobs: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\nobjectives: [avg wait(server) < 1s]\n";

}  // namespace

TEST_CASE("what a study measures is looked for in its base") {
    const auto base = read_scenario(costly, "b.yaml");
    REQUIRE(base.scenario.has_value());
    auto reading = read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: sobol\nvary: {server.workers: 1..2}\n"
        "measures:\n  - avg wait(server)\n  - avg wait(sever)\n",
        "s.yaml");
    REQUIRE(reading.study.has_value());
    check_measures(reading, *base.scenario);
    CHECK_FALSE(reading.study.has_value());
    CHECK(reading.diagnostics.show().find("s.yaml:8:5: error: ") == 0);
    CHECK(reading.diagnostics.show().find("did you mean 'server'?") != std::string::npos);
}

namespace {

std::string money_errors(const std::string& minimised) {
    auto reading = read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: cheapest\nsubject_to: [all objectives]\n"
        "vary: {server.workers: 1..3, server.queue.capacity: [1, 2]}\n" +
            minimised,
        "s.yaml");
    if (!reading.diagnostics.has_errors()) check_money(reading, *read_scenario(costly, "b.yaml").scenario);
    return reading.diagnostics.show();
}

}  // namespace

TEST_CASE("what is added up is money of one currency") {
    CHECK(money_errors("minimise: rate cost()\nprices: {server.workers: 2EUR}\n") == "");
    CHECK(
        money_errors("minimise: rate cost()\nprices: {server.workers: 2USD}\n") ==
        "s.yaml:8:26: error: the price of 'server.workers' is in USD, and what is minimised in EUR; use EUR "
        "throughout\n");
    CHECK(
        money_errors("prices: {server.workers: 2EUR, server.queue.capacity: 1USD}\n") ==
        "s.yaml:7:55: error: '1USD' is in another currency than the rest of the file; use EUR throughout\n");
    CHECK(money_errors("minimise: avg waiting(server)\nprices: {server.workers: 2EUR}\n") ==
          "s.yaml:8:26: error: a price is added to 'avg waiting(server)', which is no money; minimise a "
          "cost, such as "
          "'rate cost()', or leave 'prices' out\n");
    const std::string cases = "demand: {low: {load: 1x}, high: {load: 2x}}\n";
    CHECK(money_errors("minimise: rate cost()\n" + cases + "penalty: 5USD/h\n") ==
          "s.yaml:9:10: error: the penalty is in USD, and what is minimised in EUR; use EUR throughout\n");
    CHECK(money_errors("prices: {server.workers: 2USD}\n" + cases + "penalty: 5USD\n") == "");
}

TEST_CASE("what 'run' of a study says wrong is told there, and the rest of its base as it was") {
    auto reading = read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: sobol\nvary: {server.workers: 1..2}\n"
        "run: {lenght: 2h, length: 3h}\n",
        "s.yaml");
    REQUIRE(reading.study.has_value());
    const std::string wrong_too = std::string(costly) + "measure: 1\n";
    const ScenarioReading base = read_scenario(wrong_too, "b.yaml", reading.study->overrides);
    CHECK_FALSE(base.scenario.has_value());
    CHECK(problems_of_base(reading, base) ==
          "b.yaml:7:1: error: unknown key 'measure'; did you mean 'measures'?\n");
    CHECK(reading.diagnostics.show() == "s.yaml:6:7: error: unknown key 'lenght'; did you mean 'length'?\n");
}
