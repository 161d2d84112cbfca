// Promised: a free worker takes up as many waiting items as it may, in the order of the line, and waits for no more; one
// service for all, in which records, sizes and fields add up; each has its own wait, outcome and retry; what is cut off
// is taken up again together; budgets are paid for each. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("a free worker takes what is there, up to its limit") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, take: 3, service: 4s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 6}}
run: {until: empty}
measures: [avg taken(server), avg wait(server), avg utilisation(server), max present(server), share waited(server)]
)");
    // One at 0 s, the next three at 4 s, the last two at 8 s.
    CHECK(played.times("server", "start") == "0 4 4 4 8 8");
    CHECK(played.times("server", "finish") == "4 8 8 8 12 12");
    CHECK(played.at("avg taken(server)") == 2);
    CHECK(played.at("avg wait(server)") == doctest::Approx((0 + 3 + 2 + 1 + 4 + 3) / 6.0));
    CHECK(played.at("avg utilisation(server)") == 1);
    CHECK(played.at("max present(server)") == 5);
}

TEST_CASE("records, sizes, fields and items of all add up in one service") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1}}
  stages:
    first: {reads: door, runs_on: crew, service: 10s}
    server: {reads: jobs, runs_on: crew, take: 10, service: 1s + 1s per item + 100ms per record + work}
load:
  door: {arrivals: every 1s, first: 0s, count: 1}
  jobs: {arrivals: every 1s, first: 1s, count: 3, records: 5, fields: {work: 2s}}
run: {until: empty}
)");
    CHECK(played.times("server", "start") == "10 10 10");
    CHECK(played.times("server", "finish") == "21.5 21.5 21.5");
}

TEST_CASE("only items of the same stage are taken up together") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1}}
  stages:
    a: {reads: x, runs_on: crew, take: 2, service: 2s}
    b: {reads: y, runs_on: crew, service: 2s}
load:
  x: {arrivals: every 1s, first: 0s, count: 4}
  y: {arrivals: every 1s, first: 500ms, count: 2}
run: {until: empty}
)");
    // a at 0 s alone; at 2 s b's first is at the head, at 4 s a's second and third, then b's second, then a's last.
    CHECK(played.times("a", "start") == "0 4 4 8");
    CHECK(played.times("b", "start") == "2 6");
}

TEST_CASE("they fail together, and each comes back by itself") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, take: 5, service: 1s, failure: 100%, retry: {times: 1, backoff: 5s}, dead_letter: bin}}}
load: {jobs: {arrivals: every 1h, first: 0s, count: 1, items: 3}}
run: {until: empty}
measures: [total dead_lettered(server), avg attempts(server)]
)");
    // All come at one instant, and come back at 6 s one by one: the first of them begins alone.
    CHECK(played.times("server", "start") == "0 0 0 6 7 7");
    CHECK(played.at("total dead_lettered(server)") == 3);
    CHECK(played.at("avg attempts(server)") == 2);
}

TEST_CASE("what is cut off goes on together, and nobody joins it") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, take: 3, service: 4s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 5}}
actions: [{at: 6s, for: 2s, fail: server}]
run: {until: empty}
measures: [total interrupted(server), total completed(server)]
)");
    // 2 to 4 begin at 4 s, are cut off at 6 s with 2 s left, and go on from 8 s to 10 s; then the fifth.
    CHECK(played.times("server", "finish") == "4 10 10 10 14");
    CHECK(played.at("total interrupted(server)") == 3);
    CHECK(played.at("total completed(server)") == 5);
}

TEST_CASE("each pays for itself, and those that cannot be paid for stay in line") {
    const auto played = play(R"(
twin:
  budgets: {quota: {capacity: 3, refill: {amount: 3, every: every 10s}}}
  stages: {server: {reads: jobs, workers: 1, take: 5, spends: quota, service: 1s}}
load: {jobs: {arrivals: every 1h, first: 0s, count: 1, items: 5}}
run: {length: 20s}
)");
    CHECK(played.times("server", "start") == "0 0 0 10 10");
}

TEST_CASE("from partitions one worker takes what waits in one of them") {
    const auto played = play(R"(
twin:
  datasets: {topic: {partitions: 2, by: round_robin}}
  stages: {server: {reads: topic, workers: 2, take: 10, service: 3500ms}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 8, writes: topic}}
run: {until: empty}
measures: [avg taken(server)]
)");
    // The first worker: 1 at 0 s, 3 at 3.5 s, 5 and 7 at 7 s; the other a second later.
    CHECK(played.times("server", "start") == "0 1 3.5 4.5 7 7 8 8");
    CHECK(played.at("avg taken(server)") == doctest::Approx(8.0 / 6));
}

TEST_CASE("a part that is no longer wanted leaves the bundle, and the others go on") {
    const auto played = play(R"(
twin:
  stages:
    fork: {reads: jobs, emits: {items: 2}, writes: [left, right], route: round_robin}
    fast: {reads: left, workers: 1, service: 6s, writes: done}
    slow: {reads: [right, other], workers: 1, take: 2, service: 5s, writes: done}
    meet: {reads: done, join: {of: parts, needs: 1, rest: cancel}}
load:
  jobs: {arrivals: every 1h, first: 1s, count: 1}
  other: {arrivals: every 2s, first: 0s, count: 2}
run: {until: empty}
)");
    // The part leads the second bundle from 5 s on, until the other part is done at 7 s.
    CHECK(played.times("slow", "start") == "0 5 5");
    CHECK(played.times("fast", "finish") == "7");
    CHECK(played.times("slow", "finish") == "5 10");
}
