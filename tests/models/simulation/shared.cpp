// Promised: a shared pool serves all that are there at once, in equal parts of a speed that depends on their number
// (workers, or speedup); a change of workers changes the speed; a time limit, a failure and a join that cancels take an
// item out of it, and what is left is what was not done. Shown: by hand.
#include <doctest/doctest.h>

#include "play.h"

using understudy::tests::play;

TEST_CASE("one worker is shared in equal parts") {
    // 2 s from 0 s, alone until 1 s; then 1 s beside it: both have 1 s left, and are done at 3 s.
    const auto played = play(R"(
twin:
  stages: {server: {reads: [a, b], workers: 1, order: shared, service: work}}
load:
  a: {arrivals: every 1h, first: 0s, count: 1, fields: {work: 2s}}
  b: {arrivals: every 1h, first: 1s, count: 1, fields: {work: 1s}}
run: {length: 4s}
measures: [avg latency(server) of a, avg latency(server) of b, avg utilisation(server), avg busy(server),
           avg present(server), avg wait(server), avg slowdown(server)]
)");
    CHECK(played.times("server", "finish") == "3 3");
    CHECK(played.at("avg latency(server) of b") == 2);
    CHECK(played.at("avg utilisation(server)") == 0.75);
    CHECK(played.at("avg busy(server)") == 0.75);
    CHECK(played.at("avg present(server)") == 1.25);
    CHECK(played.at("avg wait(server)") == 0);
    CHECK(played.at("avg slowdown(server)") == doctest::Approx(5.0 / 3));
}

TEST_CASE("with more workers than items each has one to itself, and no more") {
    const auto played = play(R"(
twin:
  stages: {server: {reads: a, workers: 2, speed: 2, order: shared, service: 4s}}
load: {a: {arrivals: every 1s, first: 0s, count: 3}}
run: {length: 10s}
measures: [avg utilisation(server)]
)");
    // Speed 2: 4 s take 2 s alone. From 0 s to 2 s two at most; the third comes at 2 s as the first leaves.
    CHECK(played.times("server", "finish") == "2 3 4");
    CHECK(played.at("avg utilisation(server)") == doctest::Approx(12.0 / 2 / 2 / 10));
}

TEST_CASE("speedup says how fast so many are together, linear in between") {
    // Alone at speed 1, three at 2 in all, two at 1.5; from three on no faster.
    const auto played = play(R"(
twin:
  stages: {server: {reads: a, order: shared, speedup: {1: 1, 3: 2}, service: 3s}}
load: {a: {arrivals: every 1h, first: 0s, count: 1, items: 2}}
run: {length: 10s}
measures: [avg utilisation(server)]
)");
    CHECK(played.times("server", "finish") == "4 4");
    CHECK(played.at("avg utilisation(server)") == doctest::Approx(0.4 * 0.75));
}

TEST_CASE("fewer workers slow everybody down, and none stop all") {
    const auto played = play(R"(
twin:
  stages: {server: {reads: a, workers: 2, order: shared, service: 4s}}
load: {a: {arrivals: every 1h, first: 0s, count: 1, items: 2}}
actions:
  - {at: 1s, for: 2s, set: server.workers, to: 1}
  - {at: 4s, for: 3s, fail: server}
run: {until: empty}
measures: [total interrupted(server)]
)");
    // 1 s each by 1 s, 2 s by 3 s, 3 s by 4 s; then nothing until 7 s.
    CHECK(played.times("server", "finish") == "8 8");
    CHECK(played.at("total interrupted(server)") == 2);
}

TEST_CASE("a time limit takes an item out of a shared service") {
    const auto played = play(R"(
twin:
  stages: {server: {reads: [a, b], workers: 1, order: shared, service: work, timeout: 3s}}
load:
  a: {arrivals: every 1h, first: 0s, count: 1, fields: {work: 5s}}
  b: {arrivals: every 1h, first: 1s, count: 1, fields: {work: 1500ms}}
run: {until: empty}
measures: [total failed(server), total completed(server)]
)");
    // a has had 2 s at its limit, 3 s; b then has 500 ms left.
    CHECK(played.times("server", "fail") == "3");
    CHECK(played.times("server", "finish") == "3.5");
}

TEST_CASE("several stages share one pool, and each has its part of the utilisation") {
    const auto played = play(R"(
twin:
  pools: {link: {order: shared, workers: 1}}
  stages:
    up: {reads: a, runs_on: link, service: 2s}
    down: {reads: b, runs_on: link, service: 1s}
load:
  a: {arrivals: every 1h, first: 0s, count: 1}
  b: {arrivals: every 1h, first: 0s, count: 1}
run: {length: 4s}
measures: [avg utilisation(link)]
)");
    CHECK(played.times("down", "finish") == "2");
    CHECK(played.times("up", "finish") == "3");
    CHECK(played.at("avg utilisation(link)") == 0.75);
}

TEST_CASE("what a join no longer wants leaves its share to the others") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, order: shared, service: work}
    done: {reads: server, join: {of: parts, needs: 1, rest: cancel}}
    other: {reads: others, runs_on: pool, service: 1s}
  pools: {pool: {workers: 1}}
load:
  jobs: {arrivals: every 1h, first: 0s, count: 1, items: 2, fields: {work: 2s}}
  others: {arrivals: every 1h, first: 0s, count: 1}
run: {until: empty}
measures: [total completed(done), avg latency()]
)");
    CHECK(played.times("done", "finish") == "4");
    CHECK(played.at("total completed(done)") == 1);
}
