// Promised: a kind of truth case is a scenario that can be read, at the edge of its parameters as well: a station that
// nobody comes to, no second try, nobody who thinks, tasks that follow nothing, queues that are not alike. Times that are
// too short or too long for the clock are in another unit; a rate that is none is named.
// Shown: each such case, read; the units by their words; what is refused, by its text.
#include "tools/formats/truth/truth_cases.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tools/formats/language/scenario_reader.h"

using namespace understudy;

namespace {

formats::CaseScenario scenario_of(const std::string& kind, const std::string& params) {
    const auto made = formats::scenario_of_kind(kind, nlohmann::ordered_json::parse(params), {}, "");
    REQUIRE(made);
    return *made;
}

bool has(const formats::CaseScenario& scenario, const std::string& part) {
    return scenario.text.find(part) != std::string::npos;
}

std::string refused(const std::string& kind, const std::string& params) {
    try {
        formats::scenario_of_kind(kind, nlohmann::ordered_json::parse(params), {}, "");
    } catch (const std::exception& fault) {
        return fault.what();
    }
    return "";
}

const char* const exponential = R"({"dist": "exponential", "mean": 1})";

}  // namespace

TEST_CASE("truth cases: kinds at the edge of their parameters can be read") {
    const std::string law = exponential;
    const std::pair<const char*, std::string> cases[] = {
        {"open Jackson network", R"({"gamma": [1, 0], "P": [[0, 0], [1, 0]], "mu": [2, 1], "c": [1, 1]})"},
        {"bounded retry with backoff", R"({"lam": 3, "mu": 1, "c": 5, "p_fail": 0.2, "retries": 0})"},
        {"closed single class", R"({"service_mean": [0.5, 0.4], "servers": [1, 1], "N": 3})"},
        {"closed multiclass", R"({"demand": [[0.2, 0.1]], "N": [6, 4]})"},
        {"DAG makespan", R"({"rates": {"a": 2}})"},
        {"fork-join 2 queues", R"({"lam": 0.1, "mu": 1})"},
        {"M(t)/D/inf", R"({"rate": [[1, 5.0], [4, 1]], "D": 0.5})"},
        {"deterministic pipeline", R"({"n": 20, "interarrival": 0, "stages": [[1, 3]]})"},
        {"M/G/1", R"({"lam": 0.2, "service": {"dist": "empirical", "values": [1, 2, 3, 4]}})"},
        {"M^X/G/1", R"({"batch_lam": 0.1, "batch": {"dist": "poisson", "mean": 4}, "mu": 1})"},
        {"M/D/1", R"({"lam": 0.5, "mu": 1})"},
        {"M/D/1", R"({"lam": 0.5, "service": {"dist": "constant", "value": 1}})"},
        {"asymmetric cyclic polling",
         R"({"lam": [0.1, 0.2], "service": [)" + law + ", " + law + R"(], "switchover": 1})"},
        {"cyclic polling", R"({"N": 2, "lam_each": [0.1, 0.2], "mu": 1, "switchover": 1})"},
        {"gang resource FCFS", R"({"lam": [0.1, 0.1, 0.1], "needs": [1, 2, 4], "units": 4, "mu": 1})"},
    };
    for (const auto& [kind, params] : cases) {
        CAPTURE(kind);
        CAPTURE(params);
        const auto made = scenario_of(kind, params);
        CAPTURE(made.text);
        CHECK(made.text.find('@') == std::string::npos);
        CHECK(formats::read_scenario(made.text, "case").scenario);
    }
}

TEST_CASE("truth cases: a station that nobody comes to is left out, and has nothing") {
    const auto made = scenario_of("open Jackson network",
                                  R"({"gamma": [1, 0], "P": [[0, 0], [1, 0]], "mu": [2, 1], "c": [1, 1]})");
    CHECK(has(made, "s1: "));
    CHECK_FALSE(has(made, "s2: "));
    CHECK(made.measures.at("L_2").factor == 0);
    CHECK(made.measures.at("L_1").factor == 1);
    CHECK(refused("open Jackson network", R"({"gamma": [0], "P": [[0]], "mu": [2], "c": [1]})") ==
          "'gamma' has nobody who comes");
}

TEST_CASE("truth cases: queues and classes that are not alike have their own rates, laws and needs") {
    const auto polling = scenario_of(
        "asymmetric cyclic polling",
        R"({"lam": [0.1, 0.2], "service": [{"dist": "constant", "value": 2}, {"dist": "exponential", "mean": 1}], "switchover": 1})");
    CHECK(has(polling, "s1: {reads: q1, runs_on: worker, service: 2s}"));
    CHECK(has(polling, "s2: {reads: q2, runs_on: worker, service: exponential(mean 1s)}"));
    CHECK(has(polling, "q2: {arrivals: poisson(0.2/s)}"));
    CHECK(polling.measures.at("Wq_2").text == "avg wait(s2)");
    CHECK(refused("cyclic polling", R"({"N": 3, "lam": [0.1, 0.2], "mu": 1, "switchover": 1})") ==
          "'lam' has as many entries as there are queues");
    const auto gangs = scenario_of("gang resource FCFS",
                                   R"({"lam": [0.1, 0.1, 0.1], "needs": [1, 2, 4], "units": 5, "mu": 1})");
    CHECK(has(gangs, "s3: {reads: q3, runs_on: {units: 4}"));
    CHECK(refused("gang resource FCFS", R"({"lam": [0.1, 0.1], "needs": [1], "units": 2, "mu": 1})") ==
          "'needs' has as many entries as 'lam'");
}

TEST_CASE("truth cases: the unit of time fits the clock") {
    const auto usual = scenario_of("M/M/1", R"({"lam": 0.5, "mu": 1})");
    CHECK(usual.unit_s == 1);
    CHECK(has(usual, "service: exponential(mean 1s)"));
    CHECK(has(usual, "poisson(0.5/s)"));
    CHECK(has(usual, "length: 12000s, warm_up: 1200s"));
    const auto slow = scenario_of("M/M/1", R"({"lam": 1e-6, "mu": 2e-6})");
    CHECK(slow.unit_s == 1e-6);
    CHECK(has(slow, "service: exponential(mean 500000us)"));
    CHECK(has(slow, "poisson(1/s)"));
    const auto fast = scenario_of("M/M/1", R"({"lam": 1e9, "mu": 2e9})");
    CHECK(fast.unit_s == 604'800);
    CHECK(has(fast, "service: exponential(mean 5e-10w)"));
    for (const auto& made : {slow, fast}) {
        CAPTURE(made.text);
        CHECK(formats::read_scenario(made.text, "case").scenario);
    }
    // Rates of states and of phases as well.
    const auto states = scenario_of(
        "MMPP/M/1", R"({"rates": [1e-6, 4e-6], "Q": [[-1e-7, 1e-7], [1e-7, -1e-7]], "mu": 5e-6})");
    CHECK(states.unit_s != 1);
    CHECK(formats::read_scenario(states.text, "case").scenario);
    const auto phases = scenario_of(
        "M/PH/1",
        R"({"lam": 1e-7, "service": {"dist": "ph", "start": [1, 0], "rates": [[-2e-6, 2e-6], [0, -2e-6]]}})");
    CHECK(formats::read_scenario(phases.text, "case").scenario);
}

TEST_CASE("truth cases: a rate that is none is named") {
    CHECK(refused("M/M/1 breakdowns, calendar time", R"({"lam": 0.5, "mu": 1, "fail": 0.1, "repair": 0})") ==
          "'repair' is 0, and has to be above 0");
    CHECK(refused("M/G/1",
                  R"({"lam": 0.5, "service": {"dist": "hyperexp", "p": [0.5, 0.5], "rates": [1, 0]}})") ==
          "'service.rates[1]' is 0, and has to be above 0");
    CHECK(refused("M/M/1", R"({"lam": -0.5, "mu": 1})") == "'lam' is -0.5, and has to be above 0");
    CHECK(refused("DAG makespan", R"({"rates": {"a": 0}})") == "'rates.a' is 0, and has to be above 0");
}
