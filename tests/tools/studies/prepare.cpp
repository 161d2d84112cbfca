// Promised: what is promised and asked for, or promised twice, is measured, shown and compared once, and each promise is
// judged by it; so are a precision, formulas and pairs. Studies that find what they ask for by its number have one probe for
// each.
// Shown: a queue with a measure among its objectives, its measures and what every run reports.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/analytic.h"
#include "tools/studies/compare.h"
#include "tools/studies/rehearse.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"

using namespace understudy;

namespace {

const std::string queue =
    "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
    "load: {jobs: {arrivals: poisson(0.5/s)}}\n"
    "objectives: [avg utilisation(server) < 60%, p(95) wait(server) < 20s, avg utilisation(server) > 90%]\n"
    "measures: [p(95) wait(server), avg present(server), avg utilisation(server)]\n";
const std::string scenario = queue + "run: {length: 2000s, warm_up: 200s, replications: 4}\n";

template <class All, class Name>
std::vector<std::string> twice_in(const All& all, Name name) {
    std::vector<std::string> names;
    for (const auto& one : all) names.push_back(name(one));
    std::sort(names.begin(), names.end());
    std::vector<std::string> twice;
    for (std::size_t i = 1; i < names.size(); ++i)
        if (names[i] == names[i - 1]) twice.push_back(names[i]);
    return twice;
}
const auto by_name = [](const auto& one) { return one.name; };
const std::vector<std::string> none;

}  // namespace

TEST_CASE("asked once: a measure that is promised stands once, and is what each promise is judged by") {
    const studies::PreparedRun prepared = tests::prepared(scenario);
    CHECK(twice_in(prepared.measures, [](const models::Measure& one) { return one.text; }) == none);
    CHECK(prepared.promised == 2);
    const studies::RunResult result = tests::simulated(prepared);
    CHECK(twice_in(result.metrics, by_name) == none);
    CHECK(result.metrics[2].name == "avg present(server)");
    REQUIRE(result.objectives.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        const studies::MetricResult& metric = result.metrics[i % 2];
        CHECK(result.objectives[i].estimate.value == metric.estimate.value);
        CHECK(result.objectives[i].estimate.low == metric.estimate.low);
        CHECK(result.objectives[i].unit == metric.unit);
    }
    CHECK(result.objectives[0].verdict == studies::Verdict::met);
    CHECK(result.objectives[2].verdict == studies::Verdict::violated);
    const studies::AnalyticResult formulas = studies::answer_analytically(prepared, "1");
    CHECK(twice_in(formulas.metrics, by_name) == none);
    CHECK(formulas.objectives[0].verdict == studies::Verdict::met);
    CHECK(formulas.objectives[2].verdict == studies::Verdict::violated);
}

TEST_CASE("asked once: two runs differ in it once, and so do those of a rehearsal") {
    auto one = tests::prepared(scenario), other = tests::prepared(scenario);
    other.scenario.run.seed = 7;
    const auto compared =
        studies::compare({{"a", tests::simulated(one)}, {"b", tests::simulated(other)}}, {});
    CHECK(twice_in(compared.measures, by_name) == none);
    CHECK(compared.measures.size() == one.measures.size());

    const auto reading = formats::read_scenario("understudy: 1\nscenario: s\n" + scenario, "s.yaml");
    REQUIRE(reading.scenario);
    models::Acceptance accepted;
    std::string currency;
    formats::read_accepted("all objectives", currency, accepted);
    formats::read_accepted("increase avg present(server) < 5%", currency, accepted);
    studies::PairProblems problems;
    auto pair = studies::prepare_pair(*reading.scenario, *reading.scenario, accepted, problems);
    REQUIRE(pair);
    CHECK(pair->candidate.promised == 3);
    CHECK(pair->baseline.promised == 3);
    const auto rehearsed = studies::rehearse(std::move(*pair), {});
    CHECK(twice_in(rehearsed.comparison.measures, by_name) == none);
    for (const auto& run : rehearsed.runs) CHECK(twice_in(run.result.metrics, by_name) == none);
    CHECK(rehearsed.accepted.size() == 4);
}

TEST_CASE("asked once: a precision is that of the measure, for the smallest of what it is judged by") {
    const auto prepared =
        tests::prepared(queue + "run: {length: 2000s, warm_up: 200s, replications: 4, precision: 5%}\n");
    const auto result = tests::simulated(prepared);
    for (std::size_t i = 0; i < 2; ++i) {
        const studies::Estimate& found = result.metrics[i].estimate;
        CHECK(*found.high - *found.value <= 0.05 * *found.value);
    }
    CHECK(result.replications_done > 4);
}

TEST_CASE(
    "asked once: a study that asks by number has a probe for each; one that lists a measure twice has it "
    "once") {
    const auto read = [](const std::vector<std::string>&) {
        auto reading = formats::read_scenario("understudy: 1\nscenario: s\n" + scenario, "s.yaml");
        return std::move(*reading.scenario);
    };
    const models::Scenario base = read({});
    const auto prepared = studies::prepare_setting(read, {}, {base.objectives, base.measures});
    CHECK(prepared.measures.size() == 6);
    studies::Study study;
    study.measures = {base.measures[1], base.measures[0], base.measures[1]};
    CHECK(studies::measures_of(study, base).size() == 2);
    study.measures.clear();
    CHECK(studies::measures_of(study, base).size() == 3);
}
