// Promised: a grid has all combinations, a Latin hypercube one value of each parameter in each part of what it may be, a
// frontier leaves out what something no dearer beats, and anything wrongly in no more than 5 % of studies; estimates hold
// the truth; each replication of a setting is work of its own, so that few settings keep many threads busy and what is cut
// off loses few; any number of threads gives the same, at once and in two goes.
// Shown: M/M/c with known means; laws of one mean, of which none beats another in how busy they keep a server.
// UNDERSTUDY_COVERAGE=400 gives the number of docs/capacity.md.
#include "tools/studies/survey.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <map>
#include <set>

#include "tests/coverage.h"
#include "tools/formats/json/survey_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"

using namespace understudy;
using studies::SurveyResult;

namespace {

const char* const base = R"(understudy: 1
scenario: queue
twin: {stages: {server: {reads: jobs, workers: 2, cost: 2EUR/h, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.8/s)}}
run: {length: 1000s, warm_up: 100s, replications: 20, seed: 3}
)";

studies::Study study_of(const std::string& rest) {
    const auto reading = formats::read_study("understudy: 1\nstudy: a\nbase: b.yaml\n" + rest, "study.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    return *reading.study;
}

const studies::ReadBase read_queue = [](const std::vector<std::string>& overrides) {
    auto reading = formats::read_scenario(base, "b.yaml", overrides);
    if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
    return std::move(*reading.scenario);
};

SurveyResult result_of(const studies::Study& study, unsigned threads = 2) {
    studies::StudyOptions options;
    options.run.threads = threads;
    return studies::survey(study, read_queue, options);
}

}  // namespace

TEST_CASE("a grid over workers that never wait for arrivals tells how they scale") {
    const studies::ReadBase read_saturated = [](const std::vector<std::string>& overrides) {
        auto reading = formats::read_scenario(R"(understudy: 1
scenario: queue
twin: {stages: {pack: {reads: jobs, workers: 1, service: exponential(mean 1s), queue: {capacity: 0, full: block}}}}
load: {jobs: {arrivals: saturated}}
run: {length: 1000s, warm_up: 100s, replications: 5}
)",
                                              "b.yaml", overrides);
        if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
        return std::move(*reading.scenario);
    };
    const std::string over =
        "method: grid\nmeasures: [avg utilisation(pack), rate completed(pack)]\nvary: {pack.workers: ";
    const auto study = study_of(over + "[1, 2, 3, 4, 6]}\n");
    const SurveyResult result = studies::survey(study, read_saturated, {});
    REQUIRE(result.scaling.size() == 1);
    CHECK(result.scaling[0].measure == 1);
    CHECK(result.scaling[0].law.rate.contains(1));
    CHECK(result.scaling[0].law.contention.low == 0);
    CHECK(formats::survey_as_json(study, result).find("\"scalability\"") != std::string::npos);
    // Three numbers of workers fit any such law; arrivals at a rate of their own say nothing of workers.
    CHECK(studies::survey(study_of(over + "[1, 2, 3]}\n"), read_saturated, {}).scaling.empty());
    CHECK(result_of(
              study_of(
                  "method: grid\nmeasures: [rate completed(server)]\nvary: {server.workers: [1, 2, 3, 4]}\n"))
              .scaling.empty());
}

TEST_CASE("a grid: every combination, with its cost and intervals that hold the truth") {
    const auto study = study_of(
        "method: grid\nminimise: rate cost()\nmeasures: [avg utilisation(server)]\n"
        "vary: {server.workers: [1, 2], server.service.mean: [500ms, 1s]}\n");
    const SurveyResult result = result_of(study);
    REQUIRE(result.settings.size() == 4);
    CHECK(result.replications == 80);
    const double utilisations[] = {0.4, 0.8, 0.2, 0.4};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(*result.settings[i].measures[0].low <= utilisations[i]);
        CHECK(*result.settings[i].measures[0].high >= utilisations[i]);
        CHECK(*result.settings[i].cost == (i < 2 ? 2 : 4));
    }
    CHECK(formats::survey_as_json(study, result) == formats::survey_as_json(study, result_of(study, 1)));
}

TEST_CASE("cut off anywhere it goes on from the replications that were done, on any number of threads") {
    class Kept : public studies::UnitStore {
    public:
        std::optional<studies::UnitOutcome> find(const studies::Unit& unit) const override {
            const auto known = all.find(unit);
            return known == all.end() ? std::nullopt : std::optional(known->second);
        }
        void add(const studies::Unit& unit, const studies::UnitOutcome& outcome) override {
            all.emplace(unit, outcome);
            if (all.size() == most) stop = true;
        }
        std::map<studies::Unit, studies::UnitOutcome> all;
        std::size_t most = 0;
        std::atomic<bool> stop{false};
    };
    for (const char* method : {"grid", "latin", "frontier"}) {
        CAPTURE(method);
        const std::string costs = std::string(method) == "frontier" ? "minimise: rate cost()\n" : "";
        const auto study = study_of("method: " + std::string(method) + "\n" + costs +
                                    "measures: [avg wait(server)]\nbudget: {replications: 60}\n"
                                    "vary: {server.workers: [1, 2, 3]}\n");
        const std::string whole = formats::survey_as_json(study, result_of(study));
        const auto with = [&](Kept& store, unsigned threads) {
            studies::StudyOptions options;
            options.run.threads = threads;
            options.run.stop = &store.stop;
            options.store = &store;
            return studies::survey(study, read_queue, options);
        };
        for (const std::size_t units : {1, 20, 59}) {
            Kept store;
            store.most = units;
            const SurveyResult cut = with(store, 1);
            CHECK(cut.interrupted);
            CHECK(store.all.size() == units);
            // Those that had all of theirs; the settings take turns.
            CHECK(cut.settings.size() == (units == 59 ? 2 : 0));
            store.stop = false;
            store.most = 0;
            CHECK(formats::survey_as_json(study, with(store, 7)) == whole);
            CHECK(store.all.size() == 60);
        }
    }
}

TEST_CASE("a Latin hypercube: a value in each part of what a parameter may be") {
    const auto study = study_of(
        "method: latin\nmeasures: [avg utilisation(server)]\nbudget: {replications: 200}\n"
        "vary: {server.service.mean: 500ms..1500ms, server.workers: 2..11}\n");
    const SurveyResult result = result_of(study);
    REQUIRE(result.settings.size() == 10);
    std::set<int> parts;
    std::set<std::string> workers;
    for (const SurveyResult::Setting& setting : result.settings) {
        // Durations are printed in whole nanoseconds.
        const std::string& mean = setting.values[0];
        double ms = std::stod(mean);
        if (mean.ends_with("ns"))
            ms *= 1e-6;
        else if (mean.ends_with("us"))
            ms *= 1e-3;
        else if (!mean.ends_with("ms"))
            ms *= 1e3;
        parts.insert(static_cast<int>((ms - 500) / 100));
        workers.insert(setting.values[1]);
    }
    CHECK(parts.size() == 10);
    CHECK(workers.size() == 10);
}

TEST_CASE("a frontier: what costs more is on it only if it does better") {
    const auto study = study_of(
        "method: frontier\nminimise: rate cost()\nmeasures: [avg wait(server)]\n"
        "vary: {server.workers: 1..8}\n");
    const SurveyResult result = result_of(study);
    REQUIRE(result.settings.size() == 8);
    for (std::size_t i = 1; i < 8; ++i) CHECK(*result.settings[i].cost > *result.settings[i - 1].cost);
    CHECK_FALSE(result.settings[0].beaten_by.has_value());
    CHECK_FALSE(result.settings[1].beaten_by.has_value());
    // Nobody waits for seven of eight workers: the eighth buys nothing.
    CHECK(result.settings[7].beaten_by.has_value());
}

namespace {

/// Of losses that are rare: with three workers hardly any, with more of them fewer still.
SurveyResult losses(const std::string& rest) {
    const auto study = study_of("measures: [share lost(server)]\nvary: {server.workers: 1..5}\n" + rest);
    studies::StudyOptions options;
    options.run.threads = 2;
    return studies::survey(
        study,
        [](const std::vector<std::string>& overrides) {
            auto reading = formats::read_scenario(
                "understudy: 1\nscenario: queue\ntwin: {stages: {server: {reads: jobs, workers: 2, cost: "
                "2EUR/h, "
                "queue: {capacity: 10, full: drop}, service: exponential(mean 500ms)}}}\n"
                "load: {jobs: {arrivals: poisson(2/s)}}\nrun: {length: 5min, warm_up: 0s, replications: 20, "
                "seed: 5}\n",
                "b.yaml", overrides);
            if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
            return std::move(*reading.scenario);
        },
        options);
}

}  // namespace

TEST_CASE("shares of what is hardly seen: not below none, and none is no proof") {
    const SurveyResult result = losses("method: grid\n");
    REQUIRE(result.settings.size() == 5);
    for (const SurveyResult::Setting& setting : result.settings) {
        CHECK(*setting.measures[0].low >= 0);
        CHECK(*setting.measures[0].high > *setting.measures[0].value);
    }
    CHECK(*result.settings[4].measures[0].value == 0);
    CHECK(*result.settings[4].measures[0].high == doctest::Approx(3.7 / 12000).epsilon(0.1));
}

TEST_CASE("a frontier leaves nothing out because neither it nor what costs less saw any loss") {
    const SurveyResult result = losses("method: frontier\nminimise: rate cost()\n");
    for (const SurveyResult::Setting& setting : result.settings)
        if (*setting.measures[0].value == 0) CHECK_FALSE(setting.beaten_by.has_value());
}

TEST_CASE("coverage: a frontier leaves nothing out by chance") {
    const auto study = study_of(
        "method: frontier\nminimise: rate cost()\nmeasures: [avg utilisation(server)]\n"
        "vary: {server.service: [exponential(mean 1s), lognormal(mean 1s cv 1), gamma(mean 1s cv 0.7), "
        "1s, "
        "uniform(500ms..1500ms), lognormal(mean 1s cv 2)]}\n");
    const int runs = tests::runs_of(20);
    int wrong = 0;
    for (int seed = 1; seed <= runs; ++seed) {
        studies::StudyOptions options;
        options.run.threads = 2;
        const SurveyResult result = studies::survey(
            study,
            [&](const std::vector<std::string>& overrides) {
                models::Scenario scenario = read_queue(overrides);
                scenario.run.seed = static_cast<std::uint64_t>(seed);
                return scenario;
            },
            options);
        REQUIRE(result.settings.size() == 6);
        bool any = false;
        for (const SurveyResult::Setting& setting : result.settings) any = any || setting.beaten_by;
        wrong += any;
    }
    if (tests::coverage_is_asked()) MESSAGE("of " << runs << ", " << wrong << " left something out");
    CHECK(wrong <= 0.05 * runs + 2 * std::sqrt(0.05 * 0.95 * runs));
}

TEST_CASE("budgets that are too small are told before anything runs") {
    const models::Scenario scenario = read_queue({});
    CHECK(studies::survey_problem(
              study_of("method: grid\nmeasures: [avg wait(server)]\nvary: {server.workers: 1..8}\n"
                       "budget: {replications: 15}\n"),
              scenario) == "8 settings take at least 16 replications");
    CHECK(studies::survey_problem(study_of("method: grid\nvary: {server.workers: 1..8}\n"), scenario) ==
          "nothing is measured: name 'measures' in the study, or objectives in its base");
}
