// Promised: the twin of a recorded process has its activities, the shares in which they follow each other, service, time
// between steps and people as the log has them; what the log cuts off is no end; what is assumed is said; it can be run.
// Shown: small processes by hand.
#include "tools/studies/process_twin.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

#include "tools/studies/run.h"

using namespace understudy;
using kernel::hour;
using kernel::minute;
using models::ProcessLog;
using models::ProcessStep;

namespace {

struct Done {
    std::uint32_t activity;
    kernel::Time start, end;  ///< minutes
    std::uint32_t resource = models::nobody;
};

void add_case(ProcessLog& log, const std::vector<Done>& steps, bool with_start = true) {
    models::ProcessCase one;
    for (const Done& done : steps) {
        ProcessStep step;
        step.activity = done.activity;
        if (with_start) step.start = done.start * minute;
        step.end = done.end * minute;
        step.resource = done.resource;
        one.steps.push_back(step);
    }
    log.steps_with_start += with_start ? std::ssize(steps) : 0;
    log.cases.push_back(std::move(one));
}

/// Check and pay, at once or after an hour; every fourth case is checked twice and ends.
ProcessLog claims() {
    ProcessLog log;
    log.activities = {"check a claim", "pay!"};
    log.resources = {"Ana", "Ben"};
    for (std::int64_t i = 0; i < 40; ++i) {
        const kernel::Time at = 100 * i;
        if (i % 4 == 3)
            add_case(log, {{0, at, at + 10, 0}, {0, at + 10, at + 20, 0}});
        else
            add_case(log,
                     {{0, at, at + 10, 0}, {1, at + (i % 4 == 0 ? 70 : 10), at + (i % 4 == 0 ? 75 : 15), 1}});
    }
    return log;
}

const models::Stage& stage_named(const studies::ProcessTwin& twin, const std::string& name) {
    for (const models::Stage& stage : twin.scenario.twin.stages)
        if (stage.name == name) return stage;
    FAIL("no stage " << name);
    throw 0;
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

std::string problems_of(const models::Scenario& scenario) {
    models::Problems problems;
    studies::prepare(scenario, problems);
    std::string text;
    for (const models::Problem& problem : problems)
        if (problem.severity == models::Problem::Severity::error)
            text += problem.path + ": " + problem.message + "\n";
    return text;
}

}  // namespace

TEST_CASE("activities, shares, service, waits and people are the log's") {
    const studies::ProcessTwin twin = studies::build_process_twin(claims());
    CHECK(twin.stage_of == std::vector<std::string>{"check_a_claim", "pay"});
    const models::Stage& check = stage_named(twin, "check_a_claim");
    CHECK(check.description.label == "check a claim");
    REQUIRE(check.writes.targets.size() == 3);
    CHECK(check.writes.rule == models::Writes::Rule::share);
    // Of 50 steps 10 are followed by a check, 30 by a payment, 10 by nothing.
    CHECK(check.writes.targets[0].stream == "at_check_a_claim");
    CHECK(check.writes.targets[0].share == doctest::Approx(0.2));
    CHECK(check.writes.targets[1].stream == "to_pay");
    CHECK(check.writes.targets[1].share == doctest::Approx(0.6));
    CHECK(check.writes.targets[2].stream == "exit");
    CHECK(check.work.service.terms[0].law.mean() == doctest::Approx(600));
    const models::Stage& pay = stage_named(twin, "pay");
    CHECK(pay.work.service.terms[0].law.mean() == doctest::Approx(300));
    REQUIRE(pay.writes.targets.size() == 1);
    CHECK(pay.writes.targets[0].stream == "exit");
    // A third of the payments waits for an hour.
    CHECK(stage_named(twin, "pay_waits").work.service.terms[0].law.mean() == doctest::Approx(1200));
    // By which a later import knows them, whatever they are called then.
    CHECK(stage_named(twin, "pay_waits").description.label == "pay! (waits)");
    CHECK(twin.scenario.loads[0].description.label == "cases");
    REQUIRE(twin.scenario.twin.pools.size() == 1);
    REQUIRE(twin.scenario.twin.types.size() == 2);
    CHECK(twin.scenario.twin.types[0].skills == std::vector<std::string>{"check_a_claim"});
    CHECK(twin.scenario.twin.pools[0].workers.groups[0].second == 1);
    CHECK(pay.work.runs_on[0].skill == "pay");
    CHECK(twin.scenario.loads[0].arrivals.rate == doctest::Approx(1 / 6000.0));
    CHECK(twin.first_steps == 1);
    CHECK(twin.links == 2);
    CHECK(problems_of(twin.scenario) == "");
}

TEST_CASE("what was handed over waits for people from then on, and a case comes with its first step") {
    // Ana takes an hour for each, and one comes each hour, handed over half an hour before she was free.
    ProcessLog log;
    log.activities = {"check", "pay"};
    log.resources = {"Ana", "Ben"};
    for (std::int64_t i = 0; i < 40; ++i) {
        const kernel::Time at = 60 * i + 60;
        add_case(log, {{0, at, at + 60, 0}, {1, at + 90, at + 91, 1}});
        log.cases.back().steps[0].submitted = (at - 30) * minute;
        log.cases.back().steps[1].submitted = (at + 80) * minute;
        log.steps_with_submission += 2;
    }
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    // But for the first, who came before she had begun, all waited for her: the wait is that of her pool.
    CHECK(stage_named(twin, "check_waits").work.service.terms[0].law.mean() == doctest::Approx(1800 / 40.0));
    CHECK(stage_named(twin, "pay_waits").work.service.terms[0].law.mean() == doctest::Approx(1800));
    REQUIRE(twin.scenario.loads[0].writes.targets.size() == 1);
    CHECK(twin.scenario.loads[0].writes.targets[0].stream == "to_check");
    CHECK(says(twin.assumed, "100.0 % of the steps say when they were handed over"));
    CHECK(problems_of(twin.scenario) == "");
    // Without the word of when the first is at her desk as it comes.
    for (models::ProcessCase& one : log.cases) one.steps[0].submitted.reset();
    const studies::ProcessTwin silent = studies::build_process_twin(log);
    CHECK(silent.scenario.loads[0].writes.targets[0].stream == "at_check");
    CHECK(says(silent.assumed, "50.0 % of the steps say when they were handed over"));
}

TEST_CASE("those of a role share a pool") {
    // Ana and Ann check, Ben pays and asks, Bob pays; Cleo, who has no role, does what nobody else does.
    ProcessLog log;
    log.activities = {"ask", "check", "file", "pay"};
    log.resources = {"Ana", "Ann", "Ben", "Bob", "Cleo"};
    log.roles = {"cashier", "front desk"};
    log.roles_of = {{1}, {1}, {0}, {0}, {}};
    for (std::int64_t i = 0; i < 20; ++i) {
        const kernel::Time at = 100 * i;
        add_case(log, {{1, at, at + 10, i % 2 == 0 ? 0U : 1U},
                       {0, at + 10, at + 20, 2},
                       {3, at + 20, at + 30, i % 2 == 0 ? 2U : 3U},
                       {2, at + 30, at + 40, 4}});
    }
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    const auto& pools = twin.scenario.twin.pools;
    REQUIRE(pools.size() == 3);
    std::map<std::string, const models::Pool*> by_name;
    for (const models::Pool& pool : pools) by_name[pool.name] = &pool;
    REQUIRE(by_name.count("front_desk") == 1);
    CHECK(by_name["front_desk"]->description.label == "front desk");
    CHECK(by_name["front_desk"]->workers.count == 2);
    CHECK(by_name["front_desk"]->workers.groups.empty());
    REQUIRE(by_name.count("cashier") == 1);
    CHECK(by_name["cashier"]->workers.groups.size() == 2);
    REQUIRE(by_name.count("people") == 1);
    CHECK(by_name["people"]->workers.count == 1);
    CHECK(stage_named(twin, "check").work.runs_on[0].pool == "front_desk");
    CHECK(stage_named(twin, "check").work.runs_on[0].skill == "");
    CHECK(stage_named(twin, "pay").work.runs_on[0].pool == "cashier");
    CHECK(stage_named(twin, "pay").work.runs_on[0].skill == "pay");
    CHECK(stage_named(twin, "file").work.runs_on[0].pool == "people");
    CHECK(says(twin.assumed, "those of a role share its pool"));
    CHECK(problems_of(twin.scenario) == "");
    // Where people of both roles did an activity, it is one pool for both.
    add_case(log, {{1, 9000, 9010, 3}});
    const studies::ProcessTwin mixed = studies::build_process_twin(log);
    REQUIRE(mixed.scenario.twin.pools.size() == 2);
    CHECK(stage_named(mixed, "check").work.runs_on[0].pool == stage_named(mixed, "pay").work.runs_on[0].pool);
    const auto both =
        std::find_if(mixed.scenario.twin.pools.begin(), mixed.scenario.twin.pools.end(),
                     [](const models::Pool& pool) { return !pool.description.description.empty(); });
    REQUIRE(both != mixed.scenario.twin.pools.end());
    CHECK(both->description.description == "Roles: cashier, front desk");
    CHECK(problems_of(mixed.scenario) == "");
}

TEST_CASE("without a fit nothing is between the steps") {
    const studies::ProcessTwin twin = studies::build_process_twin(claims(), {false, SIZE_MAX});
    CHECK(twin.scenario.twin.stages.size() == 2);
    CHECK(says(twin.assumed, "as soon as the one before has ended"));
    CHECK(problems_of(twin.scenario) == "");
    // Of the first cases alone: nobody was checked twice.
    const studies::ProcessTwin first = studies::build_process_twin(claims(), {false, 3});
    CHECK(stage_named(first, "check_a_claim").writes.targets.size() == 1);
}

TEST_CASE("steps at one time count for the time in which each was the last") {
    ProcessLog log;
    log.activities = {"a", "b"};
    for (std::int64_t i = 0; i < 20; ++i)
        add_case(log, {{0, 100 * i, 100 * i + 30, 0}, {1, 100 * i + 10, 100 * i + 50, 0}});
    log.resources = {"Ana"};
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    CHECK(stage_named(twin, "a").work.service.terms[0].law.mean() == doctest::Approx(1800));
    CHECK(stage_named(twin, "b").work.service.terms[0].law.mean() == doctest::Approx(1200));
    CHECK(twin.scenario.twin.stages.size() == 2);
    CHECK(says(twin.assumed, "100.0 % of the steps began before"));
    // Ana does both at once.
    CHECK(twin.scenario.twin.pools[0].workers.groups[0].second == 2);
    const studies::ProcessTwin plain = studies::build_process_twin(log, {false, SIZE_MAX});
    CHECK(stage_named(plain, "b").work.service.terms[0].law.mean() == doctest::Approx(2400));
}

TEST_CASE("suspended time is no work, holds nobody and is not lost") {
    ProcessLog log;
    log.activities = {"call"};
    log.resources = {"Ana"};
    // Ten minutes, a day of rest, five minutes; the next begins while the first rests.
    for (std::int64_t i = 0; i < 20; ++i) {
        const kernel::Time at = 30 * i, back = at + 10 + 24 * 60;
        add_case(log, {{0, at, back + 5, 0}});
        ProcessStep& step = log.cases.back().steps[0];
        step.first_stretch = static_cast<std::uint32_t>(log.stretches.size());
        step.stretches = 2;
        log.stretches.push_back({at * minute, (at + 10) * minute, 0});
        log.stretches.push_back({back * minute, (back + 5) * minute, 0});
    }
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    CHECK(stage_named(twin, "call").work.service.terms[0].law.mean() == doctest::Approx(900));
    CHECK(stage_named(twin, "call").writes.targets[0].stream == "after_call");
    const models::Stage& rest = stage_named(twin, "call_suspended");
    CHECK(rest.work.service.terms[0].law.mean() == doctest::Approx(86400));
    CHECK(rest.work.workers->count == models::unlimited);
    CHECK(rest.writes.targets[0].stream == "exit");
    CHECK(twin.scenario.twin.pools[0].workers.groups[0].second == 1);
    CHECK(says(twin.assumed, "100.0 % of the steps with a start were suspended"));
    CHECK(problems_of(twin.scenario) == "");
}

TEST_CASE("a log of ends alone has all its time between steps, and says so") {
    ProcessLog log;
    log.activities = {"a", "b"};
    for (std::int64_t i = 0; i < 20; ++i) add_case(log, {{0, 0, 100 * i}, {1, 0, 100 * i + 10 + i}}, false);
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    CHECK(stage_named(twin, "b").work.service.empty());
    CHECK(stage_named(twin, "b_waits").work.service.terms[0].law.mean() == doctest::Approx(60 * 19.5));
    CHECK(twin.scenario.twin.pools.empty());
    CHECK(says(twin.unknown, "how long work took"));
    CHECK(says(twin.unknown, "who did the work"));
    CHECK(problems_of(twin.scenario) == "");
}

TEST_CASE("cases that the end of the log cuts off have no end there") {
    // 200 cases, one an hour, of `a`, `b` 30 hours later and `end` 30 hours after that; the log ends with the last begin.
    ProcessLog log;
    log.activities = {"a", "b", "end"};
    const auto until = [&](std::int64_t last) {
        log.cases.clear();
        for (std::int64_t i = 0; i < 200; ++i) {
            std::vector<Done> steps = {{0, 60 * i, 60 * i}};
            if (i + 30 <= last) steps.push_back({1, 60 * (i + 30), 60 * (i + 30)});
            if (i + 60 <= last) steps.push_back({2, 60 * (i + 60), 60 * (i + 60)});
            add_case(log, steps, false);
        }
    };
    until(200);
    const std::vector<bool> cut = studies::cut_cases(log);
    REQUIRE(cut.size() == 200);
    CHECK_FALSE(cut[140]);
    CHECK(cut[141]);
    CHECK(cut[199]);
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    CHECK(stage_named(twin, "a").writes.targets.size() == 1);
    CHECK(stage_named(twin, "b").writes.targets.size() == 1);
    CHECK(says(twin.assumed, "59 cases seem to go on behind the end of the log"));
    until(1000);
    CHECK(studies::cut_cases(log).empty());
}

TEST_CASE(
    "names of activities that come to the same are told apart, and words of the language are no names") {
    ProcessLog log;
    log.activities = {"A b", "A-b", "end", "people", "\xE2\x98\x83"};
    add_case(log, {{0, 0, 1}, {1, 1, 2}, {2, 2, 3}, {3, 3, 4}, {4, 4, 5}});
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    std::vector<std::string> names = twin.stage_of;
    std::sort(names.begin(), names.end());
    CHECK(std::unique(names.begin(), names.end()) == names.end());
    CHECK(problems_of(twin.scenario) == "");
}

TEST_CASE("who goes round for ever in a cut log comes to an end in the twin") {
    ProcessLog log;
    log.activities = {"a", "b", "c"};
    for (std::int64_t i = 0; i < 100; ++i)
        add_case(log, {{0, 60 * i, 60 * i}, {2, 60 * i + 1, 60 * i + 1}}, false);
    for (std::int64_t i = 100; i < 110; ++i)
        add_case(log, {{0, 60 * i, 60 * i}, {1, 60 * i + 1, 60 * i + 1}, {1, 60 * i + 2, 60 * i + 2}}, false);
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    CHECK(problems_of(twin.scenario) == "");
    CHECK(stage_named(twin, "b").writes.targets.back().stream == "exit");
}

TEST_CASE(
    "the first run begins to measure when the twin is full, and is long against the time that cases stay") {
    // Cases of ten days, begun within one.
    ProcessLog log;
    log.activities = {"ask", "answer"};
    for (std::int64_t i = 0; i < 5; ++i)
        add_case(log, {{0, 60 * i, 60 * i}, {1, 60 * i + 14'400, 60 * i + 14'400}}, false);
    const models::Run run = studies::build_process_twin(log, {true, 5}).scenario.run;
    REQUIRE(run.warm_up);
    CHECK(*run.warm_up == 10 * kernel::day);
    CHECK(*run.length - *run.warm_up >= 190 * kernel::day);
    // A case of an hour in a log of days fills at once; the run is as long as the log.
    const models::Run quick = studies::build_process_twin(claims(), {true, 40}).scenario.run;
    CHECK(*quick.warm_up == 2 * hour);
    CHECK(*quick.length == 3 * kernel::day);
}
