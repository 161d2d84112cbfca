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
