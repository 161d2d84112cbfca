// Promised: what is read from the document of a stress test makes the same document again; what is none is refused.
// Shown: a sample with everything, and studies of several kinds: decided by formulas and by simulation alone, raised and lowered,
// of users, growing, disturbed, interrupted, with what would help.
#include "tools/formats/json/stress_json.h"

#include <doctest/doctest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/tools/formats/json/sample_stress.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"

using namespace understudy;
using nlohmann::ordered_json;

namespace {

std::string document_of(const formats::StressAnswer& answer) {
    return formats::stress_as_json(answer.study, answer.result,
                                   answer.bottlenecks ? &*answer.bottlenecks : nullptr);
}

void check_read_again(const std::string& document) {
    CHECK(document_of(formats::stress_from_json(document)) == document);
}

const char* const desk = R"(understudy: 1
scenario: desk
twin: {stages: {desk: {reads: calls, workers: 1, service: exponential(mean 1s)}}}
load: {calls: {arrivals: poisson(0.4/s)}}
run: {length: 10min, warm_up: 1min, replications: 6, seed: 7}
objectives: [avg latency(desk) < 3s]
)";
const char* const users = R"(understudy: 1
scenario: shop
twin: {stages: {server: {reads: shop, workers: 1, service: exponential(mean 1s)}}}
load: {shop: {users: 5, think: exponential(mean 10s)}}
run: {length: 400s, warm_up: 100s, replications: 6, seed: 2}
objectives: [avg latency(server) < 2s]
)";

struct Asked {
    const char* base = desk;
    std::string study = "";  ///< besides its first keys; empty: of a scenario, whose loads are raised
    bool formulas = true, with_bottlenecks = false, interrupted = false;
};

studies::Study study_of(const Asked& asked) {
    studies::Study study;
    study.name = "a";
    study.base = "b.yaml";
    study.method = studies::Study::Method::breaking_point;
    study.all_objectives = true;
    if (asked.study.empty()) return study;
    const auto reading = formats::read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: breaking_point\nsubject_to: [all objectives]\n" +
            asked.study,
        "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    return *reading.study;
}

std::string answer_to(const Asked& asked) {
    const studies::Study study = study_of(asked);
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
    formats::StressAnswer answer{study, studies::breaking_point(study, read, options), {}};
    CHECK(answer.result.interrupted == asked.interrupted);
    if (asked.with_bottlenecks)
        answer.bottlenecks = studies::bottlenecks(study, read, options, 60 * kernel::second);
    return document_of(answer);
}

}  // namespace

TEST_CASE("the document of a stress test can be read again") {
    check_read_again(document_of(tests::sample_stress()));
    formats::StressAnswer nothing;
    nothing.study.method = studies::Study::Method::breaking_point;
    check_read_again(document_of(nothing));
    const std::string document = document_of(tests::sample_stress());
    const formats::StressAnswer read = formats::stress_from_json(document);
    CHECK(read.study.growth->written == "3% per month");
    CHECK(*read.result.breaks_at == 4);
    CHECK(read.result.levels[5].why == "two is offered more than it can do");
    CHECK(read.result.disturbances[1].not_survived.starts_with("not well again"));
    CHECK(read.bottlenecks->fixed->override == "two.speed=2");
}

TEST_CASE("documents of studies of many kinds can be read again") {
    const Asked kinds[] = {
        {},
        {desk, "", false, true},
        {users, "", false},
        {desk, "vary: {desk.workers: [4, 3, 2, 1]}\n", false},
        {desk, "vary: {load: 1x..2.5x step 0.5x}\ngrowth: {rate: 3% per month, start: 2026-06-01}\n"},
        {desk,
         "vary: {load: [1x, 1.5x]}\nrecovered: waiting(desk) < 5\ndisturb:\n"
         "  surge: {at: 5min, for: 30s, set: load, to: 4x}\n  dead: {at: 5min, fail: desk}\n"},
        {desk, "", true, false, true},
    };
    for (const Asked& kind : kinds) {
        INFO(kind.study);
        check_read_again(answer_to(kind));
    }
}

TEST_CASE("what is no stress test is refused") {
    const ordered_json whole = ordered_json::parse(document_of(tests::sample_stress()));
    const auto why = [](const std::string& document) -> std::string {
        try {
            formats::stress_from_json(document);
        } catch (const std::invalid_argument& wrong) {
            return wrong.what();
        }
        return "";
    };
    const auto after = [&](auto edit) {
        ordered_json document = whole;
        edit(document);
        return why(document.dump());
    };
    CHECK(why("").find("parse error") != std::string::npos);
    CHECK(why("[]") != "");
    CHECK(after([](auto& d) { d["method"] = "morris"; }) == "it is of another method than 'breaking_point'");
    CHECK(after([](auto& d) { d["verdict"] = "fine"; }) == "'fine' is no verdict");
    CHECK(after([](auto& d) { d["breaking_point"]["breaks_at"] = "9x"; }) ==
          "'9x' of 'breaks_at' is no level");
    CHECK(after([](auto& d) { d.erase("levels"); }).find("levels") != std::string::npos);
    CHECK(after([](auto& d) { d["seed"] = 1e300; }) == "'seed' is no whole number");
    CHECK(after([](auto& d) { d["confidence"] = "much"; }) != "");
    CHECK(after([](auto& d) { d["levels"][1]["objectives"].erase(0); }) ==
          "levels 0.50x and 1.00x have other objectives");
}
