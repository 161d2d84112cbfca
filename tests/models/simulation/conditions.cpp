// Promised: a sensor looks when it gets its workers and again after each poke, keeps them or gives them back in between,
// and gives up for good after its timeout; `updated` is since the run before was due; an action watches a level and comes
// each time it has been so for long enough. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

auto sensor(const std::string& keys, const std::string& more = "") {
    return play(R"(
twin:
  pools: {crew: {workers: 1}}
  pipelines:
    line:
      schedule: every 200s
      tasks:
        look: {runs_on: crew, waits_for: )" +
                keys + R"(}
        work: {after: look, workers: 1, service: 1s, writes: done}
        other: {runs_on: crew, not_before: 5s, service: 12s}
load: {files: {arrivals: every 1h, first: 32s, count: 1, writes: drop}}
run: {length: 100s}
measures: [avg utilisation(crew), total failed(line.look), total completed(line.look)]
)" + more);
}

}  // namespace

TEST_CASE("a sensor looks again after each poke, and leaves its workers to others meanwhile") {
    const auto played = sensor("updated drop, poke: 10s");
    // At 0 s; at 10 s the other task is at work until 17 s; then at 27 s and 37 s, when the file is there.
    CHECK(played.times("line.look", "finish") == "37");
    CHECK(played.times("line.other", "start") == "5");
    CHECK(played.times("line.work", "finish") == "38");
}

TEST_CASE("a sensor that pokes keeps its workers") {
    const auto played = sensor("updated drop, poke: 10s, mode: poke");
    CHECK(played.times("line.look", "finish") == "40");
    CHECK(played.times("line.other", "start") == "40");
}

TEST_CASE("a sensor gives up after its timeout, and is not tried again") {
    const auto played = sensor("updated drop, poke: 10s, timeout: 25s, retry: {times: 3, backoff: 1s}");
    CHECK(played.count("line.look", "finish") == 0);
    CHECK(played.at("total failed(line.look)") == 1);
    CHECK(played.count("line.work", "start") == 0);
}

TEST_CASE("updated is since the run before was due, also for runs that are made up for") {
    const auto played = play(R"(
twin:
  pipelines:
    line:
      schedule: every 10s
      catchup: true
      tasks: {look: {waits_for: updated drop, poke: 1s}}
load: {files: {arrivals: every 10s, first: 3s, count: 3, writes: drop}}
actions: [{at: 5s, for: 20s, pause: line}]
run: {length: 40s}
)");
    // Due at 0 s: at 3 s. At 10 s and 20 s while paused, made up for at 25 s: a file has come before each. At 30 s: the
    // one of 23 s.
    CHECK(played.times("line.look", "finish") == "3 25 25 30");
}

TEST_CASE("a sensor may wait for a level") {
    const auto played = play(R"(
twin:
  stages: {server: {reads: jobs, workers: 1, service: 4s}}
  pipelines: {line: {schedule: once, tasks: {look: {not_before: 1s, waits_for: empty(server) >= 100%, poke: 3s}}}}
load: {jobs: {arrivals: every 1h, first: 0s, count: 1, items: 2}}
run: {length: 20s}
)");
    CHECK(played.times("line.look", "finish") == "10");
}

TEST_CASE("an action comes each time its condition becomes true, and has been for so long") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 3s}}}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2, items: 3}}
actions:
  - {when: waiting(server) >= 2, alert: two}
  - {when: waiting(server) >= 1 for 4s, alert: long}
  - {when: waiting(server) >= 1 for 7s, alert: never}
  - {when: present() < 1, alert: empty}
run: {length: 30s}
)");
    std::string told;
    for (const auto& [at, action, text] : played.outcome.alerts)
        told += text + "@" + std::to_string(at / 1000000000) + " ";
    // Three at 0 s and 10 s: two wait until 3 s, one until 6 s; all are done at 9 s. Before the first nobody is there.
    CHECK(told == "empty@0 two@0 long@4 empty@9 two@10 long@14 empty@19 ");
}

TEST_CASE("an action may wait until something is stale") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 1s, writes: facts}}}
load:
  jobs: {arrivals: every 4s, first: 0s, count: 3}
  late: {arrivals: every 1s, first: 30s, count: 1, writes: jobs}
actions: [{when: freshness(facts) >= 5s for 2s, alert: stale}]
run: {length: 60s}
)");
    std::string told;
    for (const auto& [at, action, text] : played.outcome.alerts)
        told += std::to_string(at / 1000000000) + " ";
    // Born at 0, 4, 8 and 30 s: too old at 13 s and 35 s, for two seconds more.
    CHECK(told == "15 37 ");
}

TEST_CASE("an action starts a run") {
    const auto played = play(R"(
twin:
  stages: {server: {reads: jobs, workers: 1, service: 3s}}
  pipelines: {line: {schedule: once, tasks: {work: {workers: 1, service: 1s}}}}
load: {jobs: {arrivals: every 1s, first: 5s, count: 3}}
actions:
  - {at: 2s, run: line}
  - {when: waiting(server) >= 2, run: line}
run: {length: 20s}
)");
    CHECK(played.times("line.work", "start") == "0 2 7");
}

TEST_CASE("an action comes when the oldest has become too old, and again once another has") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 4s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4}}
actions: [{when: age(server) >= 6s, alert: old}, {when: age(server) > 6s for 3s, alert: older}, {when: age() > 6s, alert: all}]
run: {length: 60s}
)");
    // Born at 0 to 3 s, done at 4, 8, 12 and 16 s. The second is 6 s old at 7 s; when it leaves at 8 s the third is just
    // 6 s old, which is still as much but no longer more.
    std::string alerts;
    for (const auto& [time, action, text] : played.outcome.alerts)
        alerts += (alerts.empty() ? "" : ", ") + text + " " +
                  std::to_string(understudy::kernel::to_seconds(time)).substr(0, 5);
    CHECK(alerts == "old 7.000, all 7.000, all 8.000, older 11.00");
}

TEST_CASE("an age that falls below in time starts nothing, and is watched anew") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 4s}}}
load: {jobs: {arrivals: every 10s, first: 0s, count: 3}}
actions: [{when: age(server) > 5s, alert: never}, {when: age(server) > 3s, alert: each}]
run: {length: 60s}
)");
    int never = 0, each = 0;
    for (const auto& [time, action, text] : played.outcome.alerts) ++(text == "never" ? never : each);
    CHECK(never == 0);
    CHECK(each == 3);
}

TEST_CASE("a sensor may wait for an age") {
    const auto played = play(R"(
twin:
  stages: {server: {reads: jobs, workers: 1, service: 10s}}
  pipelines: {line: {schedule: once, tasks: {look: {waits_for: age(server) >= 7s, poke: 2s}}}}
load: {jobs: {arrivals: every 100s, first: 1s, count: 1}}
run: {length: 60s}
)");
    CHECK(played.times("line.look", "finish") == "8");
}
