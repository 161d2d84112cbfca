// Promised: where a log has many runs of a pipeline, the fitted twin is held against the whole ones: those in which each
// working task ended well, from the first submission (else start) to the last end. It is the pipeline by itself that is
// simulated, once from its start, with what was fitted. Shown: logs by hand.
#include "tools/studies/calibrate_runs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_parts.h"

using namespace understudy;
using kernel::second;
using models::RecordedRun;
using models::RecordedTask;
using studies::Calibration;

namespace {

constexpr kernel::Time day = 86'400 * second;

/// 60 s and 40 s of work, one after the other, and a task without work between.
models::Scenario nightly(const std::string& more_tasks = "", const std::string& more = "") {
    return tests::prepared(R"(
twin:
  pools: {crew: {workers: 1}}
  pipelines:
    nightly:
      schedule: every 1h
      tasks:
        pull: {runs_on: crew, service: 60s}
        ready: {after: pull}
        push: {after: ready, runs_on: crew, service: 40s}
)" + more_tasks + more + "run: {length: 1d}\n")
        .scenario;
}

RecordedTask attempt(const std::string& name, const std::string& run, kernel::Time from, kernel::Time to,
                     bool failed = false) {
    RecordedTask task;
    task.id = run + "/" + name + "/" + std::to_string(from);
    task.name = task.process = name;
    task.run = run;
    task.started = from;
    task.completed = to;
    task.failed = failed;
    return task;
}

/// So many runs, one a day: 70 s, a pause of 10 s, 40 s.
RecordedRun days(int count) {
    RecordedRun log;
    log.source = "days";
    for (int i = 0; i < count; ++i) {
        const std::string run = "day " + std::to_string(i);
        log.tasks.push_back(attempt("pull", run, i * day, i * day + 70 * second));
        log.tasks.push_back(attempt("push", run, i * day + 80 * second, i * day + 120 * second));
    }
    return log;
}

std::vector<studies::SelfReplay> replays(const models::Scenario& twin, const std::vector<RecordedRun>& logs,
                                         Calibration fitted = {},
                                         const studies::CalibrationOptions& options = {}) {
    Calibration apart;
    const auto seen = studies::seen_once(logs, std::vector<bool>(logs.size(), true), apart);
    studies::replay_whole_runs(twin, seen, options, fitted);
    return fitted.self_replays;
}

}  // namespace

TEST_CASE("whole runs: the mean of those recorded beside that of the twin") {
    const auto found = replays(nightly(), {days(6)});
    REQUIRE(found.size() == 1);
    CHECK(found[0].source == "nightly, the mean of 6 runs");
    CHECK(found[0].recorded_s == doctest::Approx(120));
    CHECK(found[0].simulated_s == doctest::Approx(100));
    CHECK(replays(nightly(), {days(4)}).empty());
    CHECK(replays(nightly(), {days(5)}).size() == 1);
}

TEST_CASE("whole runs: those of a twin that tries again are simulated until their mean is known") {
    // 60 s and again 60 s behind a pause of 300 s where it fails, which three in ten do: 214.3 s in the mean, and 40 s.
    const models::Scenario twin = tests::prepared(R"(
twin:
  pools: {crew: {workers: 1}}
  pipelines:
    nightly:
      schedule: every 1d
      tasks:
        pull: {runs_on: crew, service: 60s, failure: 30%, retry: {backoff: 300s, times: unlimited}}
        push: {after: pull, runs_on: crew, service: 40s}
run: {length: 9d}
)")
                                      .scenario;
    const double mean = 60 / 0.7 + 300 * 0.3 / 0.7 + 40;
    RecordedRun log;
    log.source = "days";
    for (int i = 0; i < 40; ++i) {
        const std::string run = "day " + std::to_string(i);
        const kernel::Time pulled = i * day + kernel::from_seconds(mean - 40);
        log.tasks.push_back(attempt("pull", run, i * day, pulled));
        log.tasks.push_back(attempt("push", run, pulled, pulled + 40 * second));
    }
    const auto found = replays(twin, {log});
    REQUIRE(found.size() == 1);
    CHECK(found[0].by_chance);
    CHECK(std::fabs(found[0].error()) < 0.05);
    // Of a step that takes twice as long that is no chance.
    for (RecordedTask& task : log.tasks)
        if (task.name == "push") *task.completed += 40 * second;
    const auto longer = replays(twin, {log});
    REQUIRE(longer.size() == 1);
    CHECK(!longer[0].by_chance);
}

TEST_CASE("whole runs: of a twin that is kept in step with production as of any other") {
    models::Scenario synced = nightly();
    synced.twin.state.as_of = 6 * 3600 * second;
    const auto found = replays(synced, {days(6)});
    REQUIRE(found.size() == 1);
    CHECK(found[0].simulated_s == doctest::Approx(100));
}

TEST_CASE("whole runs: each working task ended well in them") {
    RecordedRun log = days(9);
    log.tasks[1].failed = true;              // the last of its tries
    log.tasks.erase(log.tasks.begin() + 3);  // never came to it
    log.tasks.push_back(attempt("push", "day 2", 2 * day + 75 * second, 2 * day + 78 * second, true));
    log.tasks.push_back(attempt("push", "day 3", 3 * day + 200 * second, 3 * day + 240 * second));
    const auto found = replays(nightly(), {log});
    REQUIRE(found.size() == 1);
    CHECK(found[0].source == "nightly, the mean of 7 runs");
    // A try that failed before is part of its run, and so is work that was done again.
    CHECK(found[0].recorded_s == doctest::Approx((6 * 120 + 240) / 7.0));
}

TEST_CASE("whole runs: from when they were submitted, and over the logs that tell of them") {
    std::vector<RecordedRun> logs = {days(6), days(6)};
    for (std::size_t i = 0; i < logs[0].tasks.size(); i += 2)
        logs[0].tasks[i].submitted = *logs[0].tasks[i].started - (i == 0 ? 0 : 10 * second);
    // The second log has the later half of each run, and a clock of its own.
    const std::int64_t apart = 1000 * second;
    logs[0].epoch_ns = 5 * day;
    logs[1].epoch_ns = logs[0].epoch_ns + apart;
    for (std::size_t i = 12; i-- > 0;) {
        RecordedRun& without = logs[i % 2 == 0 ? 1 : 0];
        without.tasks.erase(without.tasks.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (RecordedTask& task : logs[1].tasks) {
        *task.started -= apart;
        *task.completed -= apart;
    }
    const auto found = replays(nightly(), logs);
    REQUIRE(found.size() == 1);
    CHECK(found[0].recorded_s == doctest::Approx((120 + 5 * 130) / 6.0));
}

TEST_CASE("whole runs: the pipeline by itself, with what was fitted") {
    const models::Scenario busy = nightly("", R"(
    other: {schedule: every 1h, tasks: {first: {runs_on: crew, service: 2h}}}
  stages: {desk: {reads: people, runs_on: crew, service: 50s}}
load: {people: {arrivals: poisson(60/h)}}
)");
    Calibration fitted;
    fitted.edits.push_back(
        {"nightly.pull.service", studies::law_of(kernel::Distribution::constant(80)), {}, false});
    const auto found = replays(busy, {days(6)}, fitted);
    REQUIRE(found.size() == 1);
    CHECK(found[0].simulated_s == doctest::Approx(120));
    CHECK(found[0].error() == doctest::Approx(0));
}

TEST_CASE(
    "whole runs: none where a sensor waits for others, where no run has a name, or where it is stopped") {
    CHECK(replays(nightly("        wait: {waits_for: updated orders}\n"
                          "        write: {after: wait, runs_on: crew, service: 1s, writes: orders}\n"),
                  {days(6)})
              .empty());
    RecordedRun nameless = days(6);
    for (RecordedTask& task : nameless.tasks) task.run.clear();
    CHECK(replays(nightly(), {nameless}).empty());
    const std::atomic<bool> stop{true};
    studies::CalibrationOptions options;
    options.stop = &stop;
    CHECK(replays(nightly(), {days(6)}, {}, options).empty());
}

TEST_CASE("whole runs: none where the work goes by the size of what a load brings, and that is said") {
    const auto of = [](const std::string& service) {
        return tests::prepared(
                   "twin:\n  pools: {crew: {workers: 1}}\n  pipelines:\n    nightly:\n"
                   "      schedule: every 1h\n      tasks:\n"
                   "        pull: {reads: {raw: new}, runs_on: crew, service: " +
                   service +
                   "}\n"
                   "        push: {after: pull, runs_on: crew, service: 40s}\n"
                   "load: {raw: {arrivals: every 1h, first: 1min, size: 1GB}}\n"
                   "run: {length: 1d}\n")
            .scenario;
    };
    Calibration apart, fitted;
    const std::vector<RecordedRun> logs = {days(6)};
    const auto seen = studies::seen_once(logs, {true}, apart);
    studies::replay_whole_runs(of("60s per GB"), seen, {}, fitted);
    CHECK(fitted.self_replays.empty());
    REQUIRE(fitted.notes.size() == 1);
    CHECK(fitted.notes.front() ==
          "nightly: no self-replay, as pull goes by how much there is of what others write");
    CHECK(replays(of("60s"), logs).size() == 1);
}

TEST_CASE(
    "self-replay of a pipeline whose tasks may fail: runs that came through against runs that came through") {
    const models::Scenario twin = tests::prepared(R"(
twin:
  pools: {p: {workers: 2}}
  pipelines:
    nightly:
      schedule: daily at 01:00
      tasks:
        extract: {runs_on: p, service: 100s}
        clean: {after: [extract], runs_on: p, service: 1000s}
        publish: {after: [clean], runs_on: p, service: 100s}
run: {length: 14d, start: 2026-03-02T00:00, replications: 5}
)")
                                      .scenario;
    models::RecordedRun log;
    log.source = "log";
    for (int i = 0; i < 40; ++i) {
        kernel::Time at = i * kernel::day;
        const auto task = [&](const std::string& name, kernel::Time takes, bool failed) {
            models::RecordedTask& one = log.tasks.emplace_back();
            one.id = name + std::to_string(i);
            one.name = one.process = name;
            one.run = "r" + std::to_string(i);
            one.started = at;
            one.completed = at += takes + i % 3 * second;
            one.failed = failed;
            return !failed;
        };
        if (task("extract", 100 * second, false) && task("clean", 1000 * second, i % 5 == 0))
            task("publish", 100 * second, false);
    }
    const studies::Calibration found = studies::calibrate(twin, {log});
    REQUIRE(found.self_replays.size() == 1);
    CHECK(found.self_replays[0].source == "nightly, the mean of 32 runs");
    CHECK(found.self_replays[0].error() == doctest::Approx(0).epsilon(0.01));
    CHECK(std::none_of(found.warnings.begin(), found.warnings.end(), [](const std::string& warning) {
        return warning.find("self-replay") != std::string::npos;
    }));
}
