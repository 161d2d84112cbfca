// Promised: what is read from the answer to a study of any method makes the same document again; what is none is refused.
// Shown: studies of each method, with formulas and without, that are met, violated and interrupted; documents that do not hold
// together. Breaking points: stress_json.cpp.
#include "tools/formats/json/study_answer.h"

#include <doctest/doctest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tools/formats/json/members_from_json.h"
#include "tools/formats/json/setting_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/formats/named.h"

using namespace understudy;
using nlohmann::ordered_json;

namespace {

const char* const shop = R"(understudy: 1
scenario: shop
twin:
  stages: {server: {reads: jobs, workers: 3, cost: 2EUR/h, service: exponential(mean 1s)}}
load: {jobs: {arrivals: poisson(1.5/s)}}
run: {length: 5min, warm_up: 20s, replications: 4, seed: 7}
objectives: [avg wait(server) < 3s]
)";
const char* const saturated = R"(understudy: 1
scenario: full
twin: {stages: {server: {reads: jobs, workers: 5, queue: {capacity: 0, full: block}, service: exponential(mean 300ms)}}}
load: {jobs: {arrivals: saturated}}
run: {length: 60s, warm_up: 5s, replications: 4, seed: 3}
measures: [rate completed(server)]
)";

struct Asked {
    std::string study;  ///< besides its first keys
    const char* base = shop;
    bool formulas = true, interrupted = false;
};

std::string answer_to(const Asked& asked) {
    const auto reading =
        formats::read_study("understudy: 1\nstudy: a\nbase: b.yaml\n" + asked.study, "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    const studies::Study& study = *reading.study;
    const studies::ReadBase read = [&](const std::vector<std::string>& overrides) {
        std::vector<std::string> all = study.overrides;
        all.insert(all.end(), overrides.begin(), overrides.end());
        auto base = formats::read_scenario(asked.base, "b.yaml", all);
        if (!base.scenario) throw studies::BadSetting(base.diagnostics.show());
        return std::move(*base.scenario);
    };
    const std::atomic<bool> stop{asked.interrupted};
    studies::StudyOptions options;
    options.formulas = asked.formulas;
    options.run.stop = &stop;
    if (studies::is_of_sensitivity(study.method))
        return formats::sensitivity_as_json(study, studies::sensitivity(study, read, options));
    if (studies::is_survey(study.method))
        return formats::survey_as_json(study, studies::survey(study, read, options));
    if (study.growth) return formats::growth_plan_as_json(study, studies::growth_plan(study, read, options));
    if (!study.demand.empty())
        return formats::demand_as_json(study, studies::least_regret(study, read, options));
    return formats::cheapest_as_json(study, studies::cheapest(study, read, options));
}

struct Written {
    std::string operator()(const formats::CheapestAnswer& a) const {
        return formats::cheapest_as_json(a.study, a.result);
    }
    std::string operator()(const formats::DemandAnswer& a) const {
        return formats::demand_as_json(a.study, a.result);
    }
    std::string operator()(const formats::GrowthPlanAnswer& a) const {
        return formats::growth_plan_as_json(a.study, a.result);
    }
    std::string operator()(const formats::SurveyAnswer& a) const {
        return formats::survey_as_json(a.study, a.result);
    }
    std::string operator()(const formats::SensitivityAnswer& a) const {
        return formats::sensitivity_as_json(a.study, a.result);
    }
    std::string operator()(const formats::StressAnswer& a) const {
        return formats::stress_as_json(a.study, a.result, a.bottlenecks ? &*a.bottlenecks : nullptr);
    }
};

studies::Study::Method method_of(const std::string& document) {
    return *formats::named(ordered_json::parse(document)["method"].get<std::string>(),
                           studies::Study::Method::sobol);
}

const std::string search =
    "method: cheapest\nminimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 1..6}\n";
const std::string cases =
    "demand: {low: {load: 0.6x, chance: 40%}, high: {load: 1.6x, set: {server.order: lifo}, chance: 60%}}\n";

/// Why a document is refused after an edit; empty: it is not.
template <class Edit>
std::string refused_after(const std::string& document, Edit edit) {
    ordered_json changed = ordered_json::parse(document);
    const auto method = method_of(document);
    edit(changed);
    try {
        formats::answer_from_json(method, changed.dump());
    } catch (const std::invalid_argument& wrong) {
        return wrong.what();
    }
    return "";
}

}  // namespace

TEST_CASE("the answers of studies of each method can be read again") {
    const Asked kinds[] = {
        {search},
        {search, shop, false},
        {search, shop, true, true},
        {"method: cheapest\nminimise: rate cost()\nsubject_to: [avg wait(server) < 1us]\n"
         "vary: {server.workers: 1..3, server.service: [0.50x, 1x], server.order: [fifo, lifo]}\n",
         shop, false},
        {search + cases},
        {search + cases + "penalty: 7EUR/h\n", shop, false},
        {"method: cheapest\nminimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: "
         "1..3}\n"
         "demand: {low: {load: 0.6x}, high: {load: 3x}}\n"},
        {search + "growth: {rate: 5% per month, start: 2026-06-01, until: 2027-06-01}\n"},
        {search + "growth: {rate: 50% per month, start: 2026-06-01, until: 2027-06-01}\n"},
        {search + "growth: {rate: 5% per month, start: 2026-06-01, until: 2027-06-01}\n", shop, false, true},
        {"method: grid\nvary: {server.workers: [2, 3], server.service: [0.50x, 1.0x, 5x]}\n"},
        {"method: grid\nvary: {server.workers: [1, 2, 4, 8]}\n", saturated},
        {"method: latin\nvary: {server.workers: 2..6, server.service.mean: 0.5s..1.5s}\nbudget: "
         "{replications: 20}\n"},
        {"method: frontier\nminimise: rate cost()\nvary: {server.workers: 2..6, server.order: [fifo, "
         "lifo]}\n"},
        {"method: frontier\nminimise: rate cost()\nvary: {server.workers: 2..6}\n", shop, true, true},
        {"method: one_at_a_time\nvary: {server.workers: [2, 4], server.service: [0.50x, 9x], server.order: "
         "[lifo, fifo]}\n"},
        {"method: one_at_a_time\nvary: {server.workers: [1, 2, 4, 8]}\n", saturated},
        {"method: one_at_a_time\nvary: {server.workers: [1, 2]}\n", shop, true, true},
        {"method: morris\nvary: {server.workers: 2..6, server.service.mean: 0.5s..1s}\nbudget: "
         "{replications: 48}\n"},
        {"method: sobol\nvary: {server.workers: 2..6, server.service.mean: 0.5s..1s}\nbudget: {replications: "
         "240}\n"},
        {"method: sobol\nvary: {server.workers: 2..6}\nbudget: {replications: 4}\n"},
    };
    for (const Asked& kind : kinds) {
        INFO(kind.study);
        const std::string document = answer_to(kind);
        const formats::AnyAnswer read = formats::answer_from_json(method_of(document), document);
        CHECK(std::visit(Written(), read) == document);
    }
}

TEST_CASE("values of parameters are read as they were written") {
    const std::string document =
        answer_to({"method: grid\nvary: {server.service: [0.50x, 1.0x], server.workers: [2, 3]}\n"});
    const auto read =
        std::get<formats::SurveyAnswer>(formats::answer_from_json(studies::Study::Method::grid, document));
    CHECK(read.result.settings.front().values == std::vector<std::string>{"0.50x", "2"});
    CHECK(read.study.factors[1].written == "[2, 3]");
    studies::Study study;
    study.factors.resize(3);
    for (const char* path : {"a", "b", "c"}) study.factors[static_cast<std::size_t>(*path - 'a')].path = path;
    const std::vector<std::string> values = {"0.50", "1e3", "12"};
    const ordered_json kept = formats::values_as_json(study, values);
    CHECK(kept.dump() == R"({"a":"0.50","b":"1e3","c":12})");
    CHECK(formats::values_from_json(study, kept) == values);
}

TEST_CASE("what is no answer to a study is refused") {
    const std::string found = answer_to({search});
    CHECK(refused_after(found, [](auto&) {}) == "");
    CHECK(refused_after(found, [](auto& d) { d["method"] = "morris"; }) ==
          "it is of another method than 'cheapest'");
    CHECK(refused_after(found, [](auto& d) { d["verdict"] = "fine"; }) == "'fine' is no verdict");
    CHECK(refused_after(found, [](auto& d) { d.erase("vary"); }).find("has no 'vary'") != std::string::npos);
    CHECK(refused_after(found, [](auto& d) { d["vary"] = ordered_json::object(); }) == "'vary' is empty");
    CHECK(refused_after(found, [](auto& d) { d["best"].erase("values"); }) == "a setting has no 'values'");
    CHECK(refused_after(found, [](auto& d) { d["best"]["values"] = {{"other", 1}}; }) != "");
    CHECK(refused_after(found, [](auto& d) { d["runs"] = 1e300; }) == "'runs' is no whole number");
    CHECK(refused_after(found, [](auto& d) { d = ordered_json::array(); }) != "");

    const std::string chosen = answer_to({search + cases});
    CHECK(refused_after(chosen, [](auto&) {}) == "");
    CHECK(refused_after(chosen, [](auto& d) { d["best"]["values"]["server.workers"] = 99; }) ==
          "'best' is none of the choices");
    CHECK(refused_after(chosen, [](auto& d) { d["choices"][0]["cases"].erase(0); }) ==
          "a choice is judged in a case that there is not");
    CHECK(refused_after(chosen, [](auto& d) { d["choices"][0]["cases"].erase(1); }) ==
          "a choice is not judged in all cases");
    CHECK(refused_after(chosen, [](auto& d) { d["choices"][0]["cases"][0].erase("cost"); }) ==
          "a choice has no cost in a case");
    CHECK(refused_after(chosen, [](auto& d) { d["cases"][1].erase("chance"); }) ==
          "some of its cases have a chance and some have none");

    const std::string plan =
        answer_to({search + "growth: {rate: 5% per month, start: 2026-06-01, until: 2027-06-01}\n"});
    CHECK(refused_after(plan, [](auto&) {}) == "");
    CHECK(refused_after(plan, [](auto& d) { d["steps"][0].erase("holds_at"); }) ==
          "a step has a day at no load");
    CHECK(refused_after(plan, [](auto& d) { d.erase("cost_unit"); }) != "");

    const std::string table =
        answer_to({"method: frontier\nminimise: rate cost()\nvary: {server.workers: [2, 3]}\n"});
    CHECK(refused_after(table, [](auto&) {}) == "");
    CHECK(refused_after(table, [](auto& d) { d["settings"][1].erase("cost"); }) ==
          "a setting of a frontier has no cost");
    CHECK(refused_after(table, [](auto& d) { d["settings"][1]["measures"].erase(0); }) ==
          "its settings have not all the same measures");
    CHECK(refused_after(table, [](auto& d) {
              d["settings"][1]["beaten_by"] = {{"server.workers", 9}};
          }) == "what beats a setting is no setting");

    const std::string moved = answer_to(
        {"method: morris\nvary: {server.workers: 2..6, server.speed: 1..2}\nbudget: {replications: 48}\n"});
    CHECK(refused_after(moved, [](auto&) {}) == "");
    CHECK(refused_after(moved, [](auto& d) { d["measures"][0]["factors"].erase(0); }) ==
          "its factors are not those that 'vary' has");
    CHECK(refused_after(moved, [](auto& d) { d["measures"][0].erase("factors"); }) ==
          "nothing is said of 'avg wait(server)'");
}
