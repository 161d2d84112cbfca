// Promised: where more were at work at once in a log than a pool or a stage has workers, a warning says how many, and in which
// log; workers that are no equal places, and what was suspended, are not counted. Shown: logs by hand.
#include "tools/studies/more_at_work.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using kernel::minute;
using models::RecordedRun;
using models::RecordedTask;

namespace {

models::Scenario office(const std::string& check, const std::string& file, const std::string& staff) {
    auto reading = formats::read_scenario(
        "understudy: 1\nscenario: office\ntwin:\n  pools: {staff: {workers: " + staff +
            "}}\n  stages:\n    check: {reads: calls, " + check + ", service: 40s}\n    file: {reads: check, " +
            file +
            ", service: 20s}\nload: {calls: {arrivals: poisson(2/min)}}\nrun: {length: 8h, replications: 3}\n",
        "office.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return *reading.scenario;
}

/// Minutes of work, of `process`.
void add(RecordedRun& run, const std::string& process, std::vector<std::pair<int, int>> stretches) {
    for (const auto& [begin, end] : stretches) {
        RecordedTask task;
        task.id = std::to_string(run.tasks.size());
        task.name = task.process = process;
        task.started = begin * minute;
        task.completed = end * minute;
        run.tasks.push_back(task);
    }
}

RecordedRun log_named(const std::string& source) {
    RecordedRun run;
    run.source = source;
    run.format = "csv";
    return run;
}

std::vector<std::string> warnings_of(const models::Scenario& twin, const std::vector<RecordedRun>& runs) {
    studies::Calibration into;
    const auto seen = studies::seen_once(runs, std::vector<bool>(runs.size(), true), into);
    studies::warn_of_more_at_work(twin, seen, into);
    return into.warnings;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("more at work: than a stage has workers of its own") {
    RecordedRun one = log_named("one.csv"), other = log_named("other.csv");
    add(one, "check", {{0, 10}, {5, 15}, {15, 20}});
    add(other, "check", {{0, 10}, {5, 15}, {9, 20}});
    add(other, "file", {{0, 10}, {10, 20}});
    const auto twin = [&](const std::string& workers) {
        return office("workers: " + workers, "workers: 1", "1");
    };
    CHECK(warnings_of(twin("1"), {one, other}) ==
          Lines{"check: 3 were at work at once in other.csv, and the twin has 1 worker: waits for them are not "
                "those that were recorded"});
    CHECK(warnings_of(twin("2"), {one}).empty());
    CHECK(warnings_of(twin("2"), {one, other}).size() == 1);
    CHECK(warnings_of(twin("3"), {one, other}).empty());
    CHECK(warnings_of(twin("unlimited"), {one, other}).empty());
}

TEST_CASE("more at work: than a pool has, in all that runs on it") {
    RecordedRun run = log_named("day.csv");
    add(run, "check", {{0, 10}, {5, 15}});
    add(run, "file", {{6, 9}});
    const auto twin = [&](const std::string& staff) {
        return office("runs_on: staff", "runs_on: staff", staff);
    };
    const Lines warnings = warnings_of(twin("2"), {run});
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].starts_with("staff: 3 were at work at once in day.csv, and the twin has 2 workers"));
    CHECK(warnings_of(twin("3"), {run}).empty());
    // Who is there at which hour is no count.
    CHECK(warnings_of(twin("{steps: {0h: 1, 6h: 3}}"), {run}).empty());
    // Nor is it known when somebody was at work on what was suspended.
    run.tasks[1].worked = minute;
    CHECK(warnings_of(twin("2"), {run}).empty());
}
