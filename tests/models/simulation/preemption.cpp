// Promised: where a pool preempts, a better item takes the place of a worse one at work, never that of its equal; who
// is cut off goes on, begins anew or is lost; no more are cut off than make room, the worst first, and of those that
// make no room nobody; what is cut off waits again, and without workers it does not. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

/// One worker; `low` (2 s of work) comes at 0 s, `high` (1 s) at 1 s.
auto cut_off(const std::string& interrupted) {
    return play(R"(
twin:
  stages:
    server: {reads: [low, high], workers: 1, order: priority, preempt: true, interrupted: )" +
                interrupted + R"(, service: work}
load:
  low: {arrivals: every 1h, first: 0s, count: 1, priority: 1, fields: {work: 2s}}
  high: {arrivals: every 1h, first: 1s, count: 1, priority: 2, fields: {work: 1s}}
run: {until: empty}
measures:
  - avg wait(server) of low
  - avg wait(server) of high
  - avg service(server) of low
  - total interrupted(server)
  - total waited(server)
  - total lost(server)
)");
}

}  // namespace

TEST_CASE("what is cut off by a better item goes on, begins anew or is lost") {
    const auto resumed = cut_off("resume");
    CHECK(resumed.times("server", "start") == "0 1 2");
    CHECK(resumed.times("server", "finish") == "2 3");
    CHECK(resumed.at("avg wait(server) of low") == 1);
    CHECK(resumed.at("avg service(server) of low") == 2);
    CHECK(resumed.at("avg wait(server) of high") == 0);
    CHECK(resumed.at("total interrupted(server)") == 1);
    CHECK(resumed.at("total waited(server)") == 1);
    const auto again = cut_off("restart");
    CHECK(again.times("server", "finish") == "2 4");
    CHECK(again.at("avg service(server) of low") == 3);
    const auto lost = cut_off("lose");
    CHECK(lost.times("server", "finish") == "2");
    CHECK(lost.at("total lost(server)") == 1);
}

TEST_CASE("without workers the service stands still, and that is no wait") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, order: priority, preempt: true, service: 2s}
load: {jobs: {arrivals: every 1h, first: 0s, count: 1}}
actions: [{at: 1s, for: 5s, fail: server}]
run: {until: empty}
measures: [avg wait(server), avg service(server)]
)");
    CHECK(played.times("server", "finish") == "7");
    CHECK(played.at("avg wait(server)") == 0);
    CHECK(played.at("avg service(server)") == 7);
}

TEST_CASE("equals never cut each other off") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, order: priority, preempt: true, service: 2s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3, priority: 1}}
run: {until: empty}
measures: [total interrupted(server)]
)");
    CHECK(played.times("server", "start") == "0 2 4");
    CHECK(played.at("total interrupted(server)") == 0);
}

TEST_CASE("shortest compares what is left, not what was drawn") {
    // At 3 s the first has 1 s left of 4 s: an item of 2 s waits for it; at 5 s one of 500 ms goes before its 1 s.
    const auto played = play(R"(
twin:
  stages:
    server: {reads: [long, middle, short], workers: 1, order: shortest, preempt: true, service: work}
load:
  long: {arrivals: every 1h, first: 0s, count: 1, fields: {work: 4s}}
  middle: {arrivals: every 1h, first: 3s, count: 1, fields: {work: 2s}}
  short: {arrivals: every 1h, first: 5s, count: 1, fields: {work: 500ms}}
run: {until: empty}
measures: [total interrupted(server)]
)");
    CHECK(played.times("server", "start") == "0 4 5 5.5");
    CHECK(played.times("server", "finish") == "4 5.5 6.5");
}

TEST_CASE("the last to come goes first, and who was cut off last goes on first") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, order: lifo, preempt: true, service: 3s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3}}
run: {until: empty}
measures: [avg latency(server)]
)");
    CHECK(played.times("server", "start") == "0 1 2 5 7");
    CHECK(played.times("server", "finish") == "5 7 9");
}

TEST_CASE("only as many are cut off as make room, the worst first") {
    // Three workers hold priorities 1, 2 and 3 of two, one and none; one that needs two cuts off 1 and 2 and not 3.
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 3, order: priority, preempt: true}}
  stages:
    narrow: {reads: [p1, p2, p3], runs_on: crew, service: 10s}
    wide: {reads: p4, runs_on: {crew: 2}, service: 2s}
    widest: {reads: p0, runs_on: {crew: 3}, service: 1s}
load:
  p3: {arrivals: every 1h, first: 0s, count: 1, priority: 3}
  p1: {arrivals: every 1h, first: 1s, count: 1, priority: 1}
  p2: {arrivals: every 1h, first: 2s, count: 1, priority: 2}
  p4: {arrivals: every 1h, first: 3s, count: 1, priority: 4}
  p0: {arrivals: every 1h, first: 4s, count: 1, priority: 0}
run: {until: empty}
measures: [total interrupted(narrow), total interrupted(wide)]
)");
    CHECK(played.times("wide", "start") == "3");
    CHECK(played.times("narrow", "start") == "0 1 2 5 5");
    CHECK(played.times("narrow", "finish") == "10 13 14");
    CHECK(played.times("widest", "start") == "14");
    CHECK(played.at("total interrupted(narrow)") == 2);
}

TEST_CASE("nobody is cut off where it would not be enough") {
    // The second pool is held by work that is better: the first is left alone.
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1, order: priority, preempt: true}, licence: {workers: 1}}
  stages:
    only: {reads: low, runs_on: crew, service: 5s}
    other: {reads: other_jobs, runs_on: licence, service: 4s}
    both: {reads: high, runs_on: {crew: 1, licence: 1}, service: 1s}
load:
  low: {arrivals: every 1h, first: 0s, count: 1, priority: 1}
  other_jobs: {arrivals: every 1h, first: 0s, count: 1}
  high: {arrivals: every 1h, first: 1s, count: 1, priority: 2}
run: {until: empty}
measures: [total interrupted(only)]
)");
    // Once the licence is free, the crew is taken from the worse.
    CHECK(played.times("both", "start") == "4");
    CHECK(played.times("only", "finish") == "6");
    CHECK(played.at("total interrupted(only)") == 1);
}

TEST_CASE("on a node only what lies in the way is cut off") {
    // Nodes of 4 cores: one holds 3 (priority 1), the other 3 (priority 2). 2 cores of priority 3 need one of them.
    const auto played = play(R"(
twin:
  pools: {node: {workers: 2, cores: 4, order: priority, preempt: true}}
  stages:
    wide: {reads: [p1, p2], runs_on: {node: {cores: 3}}, service: 10s}
    lean: {reads: p3, runs_on: {node: {cores: 2}}, service: 1s}
load:
  p1: {arrivals: every 1h, first: 0s, count: 1, priority: 1}
  p2: {arrivals: every 1h, first: 1s, count: 1, priority: 2}
  p3: {arrivals: every 1h, first: 2s, count: 1, priority: 3}
run: {until: empty}
measures: [total interrupted(wide)]
)");
    CHECK(played.times("lean", "start") == "2");
    CHECK(played.times("wide", "finish") == "11 11");
    CHECK(played.at("total interrupted(wide)") == 1);
}

TEST_CASE("who waits because of a better item has the rest of its patience") {
    const std::string begin = R"(
twin: {stages: {server: {reads: [gold, bronze], workers: 1, order: priority, preempt: true, service: work, )";
    const std::string end = R"(}}}
load:
  gold: {arrivals: every 1h, first: 1s, count: 1, priority: 2, fields: {work: 50s}}
  bronze: {arrivals: every 1h, first: 0s, count: 1, priority: 1, fields: {work: 10s}}
run: {until: empty}
measures: [max wait(server) of bronze, share expired(server) of bronze, avg service(server) of bronze]
)";
    const auto tired = play(begin + "queue: {timeout: 5s}" + end);
    CHECK(tired.when("server", "expire") == "1@6");
    CHECK(tired.at("max wait(server) of bronze") == 5);
    CHECK(tired.at("share expired(server) of bronze") == 1);
    // A limit of the attempt goes on, too, and counts from its begin.
    const auto cut = play(begin + "timeout: 12s" + end);
    CHECK(cut.times("server", "fail") == "12 13");
    CHECK(cut.at("avg service(server) of bronze") == 1);
    const auto both = play(begin + "timeout: 20s, queue: {timeout: 30s}" + end);
    CHECK(both.times("server", "fail") == "20 21");
    CHECK(both.count("server", "expire") == 0);
}

TEST_CASE("patience goes by all that it waits in one attempt") {
    // It waits 2 s, works 1 s, waits 2 s of the 3 s that are left, works 1 s, and has 1 s left.
    const auto played = play(R"(
twin:
  stages:
    server: {reads: [gold, bronze], workers: 1, order: priority, preempt: true, service: work, queue: {timeout: 5s}}
load:
  gold: {arrivals: every 3s, first: 0s, count: 3, priority: 2, fields: {work: 2s}}
  bronze: {arrivals: every 1h, first: 0s, count: 1, priority: 1, fields: {work: 10s}}
run: {until: empty}
measures: [max wait(server) of bronze]
)");
    CHECK(played.times("server", "expire") == "7");
    CHECK(played.at("max wait(server) of bronze") == 5);
}

TEST_CASE("in a loss system the better take the place of the worse, and no more than those") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: [gold, bronze], workers: 1, order: priority, preempt: true, interrupted: lose, service: 10s, queue: {capacity: 0, full: drop}}
load:
  gold: {arrivals: every 4s, first: 4s, count: 2, priority: 2}
  bronze: {arrivals: every 3s, first: 0s, count: 2, priority: 1}
run: {until: empty}
measures: [total dropped(server) of bronze, total dropped(server) of gold, total lost(server) of bronze]
)");
    CHECK(played.times("server", "finish") == "14");
    CHECK(played.at("total dropped(server) of bronze") == 1);
    CHECK(played.at("total lost(server) of bronze") == 2);
    CHECK(played.at("total dropped(server) of gold") == 1);
}

TEST_CASE("fewer workers cut off the worst") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: [gold, bronze], workers: {steps: {0s: 2, 5s: 1}}, order: priority, preempt: true, interrupted: lose, service: 10s}
load:
  gold: {arrivals: every 1h, first: 1s, count: 1, priority: 2}
  bronze: {arrivals: every 1h, first: 0s, count: 1, priority: 1}
run: {until: empty}
measures: [total lost(server) of gold, total lost(server) of bronze]
)");
    CHECK(played.times("server", "finish") == "11");
    CHECK(played.at("total lost(server) of gold") == 0);
    CHECK(played.at("total lost(server) of bronze") == 1);
}
