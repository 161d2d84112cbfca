// Promised: an alert of the level `fail` is a constraint: one replication in which it is raised makes the run violated,
// whatever its objectives say, and the report says in how many; one of the level `log` is told and means nothing; one
// without a level is a warning. A file of the result says the same. Alerts that say the same are told apart.
// Shown: a server that is surely overrun, and one that surely is not, with alerts on its line.
#include <doctest/doctest.h>

#include <string>

#include "tests/tools/studies/sample.h"

using namespace understudy;
using studies::Verdict;
using tests::warns;

namespace {

studies::RunResult line_with(const std::string& level, const std::string& arrivals) {
    return tests::simulated(
        tests::prepared("twin: {stages: {server: {reads: jobs, workers: 1, service: 1min}}}\n"
                        "load: {jobs: {arrivals: every " +
                        arrivals +
                        "}}\n"
                        "actions: [{when: waiting(server) > 5 for 3min, alert: a long line" +
                        level +
                        "}]\n"
                        "run: {length: 2h, warm_up: 0s, replications: 3}\n"
                        "objectives: [total arrived(jobs) > 10]\n"));
}

}  // namespace

TEST_CASE("a constraint that is broken violates the run, and says how often") {
    const auto broken = line_with(", level: fail", "30s");
    CHECK(broken.objectives.front().verdict == Verdict::met);
    CHECK(broken.verdict == Verdict::violated);
    CHECK(broken.reason == studies::Reason::constraint);
    CHECK(warns(broken, "constraint broken in 3 of 3 replications: a long line"));
    CHECK_FALSE(warns(broken, "alert:"));
    const auto again = tests::reread(broken);
    CHECK(again.verdict == Verdict::violated);
    CHECK(warns(again, "constraint broken in 3 of 3 replications: a long line"));
    const auto kept = line_with(", level: fail", "2min");
    CHECK(kept.verdict == Verdict::met);
    CHECK_FALSE(warns(kept, "constraint"));
}

TEST_CASE("an alert that is logged is told, and one without a level warns; neither changes the verdict") {
    const auto logged = line_with(", level: log", "30s");
    CHECK(logged.verdict == Verdict::met);
    CHECK(warns(logged, "log: a long line (3 times)"));
    CHECK_FALSE(warns(logged, "alert:"));
    for (const char* level : {"", ", level: warn"}) {
        const auto warned = line_with(level, "30s");
        CHECK(warned.verdict == Verdict::met);
        CHECK(warns(warned, "alert: a long line (3 times)"));
    }
}

TEST_CASE("alerts that say the same are told apart by their place") {
    const auto result = tests::simulated(
        tests::prepared("twin: {stages: {server: {reads: jobs, workers: 1, service: 1min}}}\n"
                        "load: {jobs: {arrivals: every 30s}}\n"
                        "actions:\n"
                        "  - {when: waiting(server) > 5, alert: a long line}\n"
                        "  - {when: waiting(server) > 1000, alert: a long line, level: fail}\n"
                        "run: {length: 2h, warm_up: 0s, replications: 3}\n"
                        "objectives: [total arrived(jobs) > 10]\n"));
    CHECK(result.verdict == Verdict::met);
    CHECK(warns(result, "alert: a long line (actions[0])"));
    CHECK_FALSE(warns(result, "constraint"));
}

TEST_CASE("each alert has what it looks at and how often it was raised, also in a file of the result") {
    const auto result = tests::simulated(
        tests::prepared("twin: {stages: {server: {reads: jobs, workers: 1, service: 1min}}}\n"
                        "load: {jobs: {arrivals: every 30s}}\n"
                        "actions:\n"
                        "  - {when: waiting(server) > 5 for 3min, alert: a long line, level: fail}\n"
                        "  - {at: 1h, alert: half of it}\n"
                        "  - {every: every 30min, alert: tick, level: log}\n"
                        "  - {when: present() > 100000, alert: never}\n"
                        "run: {length: 2h, warm_up: 0s, replications: 3}\n"
                        "objectives: [total arrived(jobs) > 10]\n"));
    for (const studies::RunResult& one : {result, tests::reread(result)}) {
        REQUIRE(one.alerts.size() == 4);
        const studies::AlertResult& line = one.alerts[0];
        CHECK(line.text == "a long line");
        CHECK(line.level == "fail");
        CHECK(line.when == "waiting(server) > 5 for 3min");
        CHECK(line.element == "server");
        CHECK_FALSE(line.at_s);
        CHECK(line.raised == 3);
        CHECK(line.times == 3);
        CHECK(one.alerts[1].level == "warn");
        CHECK(one.alerts[1].at_s == 3600);
        CHECK(one.alerts[1].when.empty());
        CHECK(one.alerts[2].when == "every 30min");
        CHECK(one.alerts[2].raised == 3);
        CHECK(one.alerts[2].times > 3);
        CHECK(one.alerts[3].raised == 0);
        CHECK(one.alerts[3].element.empty());
    }
}
