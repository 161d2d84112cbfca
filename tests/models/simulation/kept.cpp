// Promised: what a stage with `holds_until` has seized is given back when the item leaves that stage, is lost, or leaves
// the system; a failed attempt gives back at once; copies and parts hold nothing; a join hands on what its parts held.
// Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("workers are held until the item leaves the stage") {
    const auto played = play(R"(
twin:
  pools: {sessions: {workers: 1, release: 500ms}}
  stages:
    open: {reads: calls, runs_on: sessions, holds_until: answer, service: 1s}
    think: {reads: open, workers: unlimited, service: 2s}
    answer: {reads: think, workers: unlimited, service: 1s}
    after: {reads: answer, workers: unlimited, service: 10s}
load: {calls: {arrivals: every 1s, first: 0s, count: 2}}
run: {until: empty}
measures: [avg busy(sessions), avg utilisation(sessions) during 0s..4s]
)");
    // 1 s + 2 s + 1 s, and half a second until it is free again.
    CHECK(played.times("open", "start") == "0 4.5");
    CHECK(played.at("avg utilisation(sessions) during 0s..4s") == 1);
}

TEST_CASE("they are given back where the item is lost or leaves the system") {
    const auto played = play(R"(
twin:
  stages:
    open: {reads: calls, workers: 1, holds_until: exit, service: 1s}
    next: {reads: open, workers: 1, queue: {capacity: 0, full: drop}, service: 5s}
load: {calls: {arrivals: every 1s, first: 0s, count: 3}}
run: {until: empty}
)");
    CHECK(played.times("open", "start") == "0 6 12");
    const auto lost = play(R"(
twin:
  stages:
    open: {reads: calls, workers: 1, holds_until: exit, service: 1s}
    next: {reads: open, workers: 1, service: 2s, failure: 100%}
load: {calls: {arrivals: every 1s, first: 0s, count: 2}}
run: {until: empty}
)");
    CHECK(lost.times("open", "start") == "0 3");
}

TEST_CASE("a failed attempt gives back at once") {
    const auto played = play(R"(
twin:
  stages:
    open: {reads: calls, workers: 1, holds_until: exit, service: 1s, failure: 100%, retry: {times: 1, backoff: 5s}}
load: {calls: {arrivals: every 1s, first: 0s, count: 2}}
run: {until: empty}
)");
    CHECK(played.times("open", "start") == "0 1 6 7");
}

TEST_CASE("copies hold nothing, and a join hands on what was held") {
    const auto played = play(R"(
twin:
  stages:
    open: {reads: calls, workers: 1, holds_until: close, service: 1s, emits: {items: 2}}
    work: {reads: open, workers: unlimited, service: 3s}
    meet: {reads: work, join: {of: parts}}
    close: {reads: meet, workers: unlimited, service: 1s}
load: {calls: {arrivals: every 1s, first: 0s, count: 2}}
run: {until: empty}
)");
    CHECK(played.times("open", "start") == "0 5");
}

namespace {

/// A cluster that one task of a run takes and a later one, or the end of the run, gives back.
auto cluster(const std::string& until, const std::string& work = "service: 30s") {
    return play(R"(
twin:
  pools: {cluster: {workers: 2}}
  pipelines:
    night:
      schedule: once
      tasks:
        up: {runs_on: {cluster: 2}, service: 10s, holds_until: )" +
                until + R"(}
        work: {after: up, workers: 1, )" +
                work + R"(}
        down: {after: work, workers: 1, service: 5s}
        report: {after: down, workers: 1, service: 20s}
    other:
      schedule: once
      tasks:
        wait: {workers: 1, service: 20s}
        use: {after: wait, runs_on: cluster, service: 1s}
run: {length: 100s}
measures: [avg busy(cluster)]
)");
}

}  // namespace

TEST_CASE("what a task has seized stays taken until a later task of the run has ended") {
    const auto played = cluster("down");
    CHECK(played.times("night.down", "finish") == "45");
    CHECK(played.times("other.use", "start") == "45");
    CHECK(played.at("avg busy(cluster)") == doctest::Approx((2 * 45 + 1) / 100.0));
}

TEST_CASE("or until the run has, or that task is skipped") {
    CHECK(cluster("exit").times("other.use", "start") == "65");
    CHECK(cluster("down", "service: 30s, failure: 100%").times("other.use", "start") == "40");
    // What it would be kept for is over before it is done.
    const auto late = play(R"(
twin:
  pools: {cluster: {workers: 1}}
  pipelines:
    night:
      schedule: once
      tasks:
        fails: {workers: 1, service: 1s, failure: 100%}
        up: {runs_on: cluster, service: 10s, holds_until: down}
        down: {after: [up, fails], workers: 1, service: 5s}
        last: {after: up, workers: 1, service: 50s}
    other: {schedule: once, tasks: {wait: {workers: 1, service: 2s}, use: {after: wait, runs_on: cluster, service: 1s}}}
run: {length: 100s}
)");
    CHECK(late.times("other.use", "start") == "10");
}

TEST_CASE("a run that is over its time gives back what it keeps") {
    const auto played = play(R"(
twin:
  pools: {cluster: {workers: 1}}
  pipelines:
    night:
      schedule: every 50s
      timeout: 30s
      max_active_runs: 1
      tasks:
        up: {runs_on: cluster, service: 10s, holds_until: exit}
        work: {after: up, workers: 1, service: 100s}
run: {length: 90s}
measures: [avg busy(cluster)]
)");
    CHECK(played.times("night.up", "start") == "0 50");
    CHECK(played.at("avg busy(cluster)") == doctest::Approx(60.0 / 90));
}
