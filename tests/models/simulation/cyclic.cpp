// Promised: a cyclic worker takes only what waits where it is, stays as `visits` says, turns as long as `switch` says,
// goes on circling when nobody waits, and without a time to turn stays where it is. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

/// Two stages, `one` and `two`; work takes 2 s.
auto circling(const std::string& worker, const std::string& of_one, const std::string& of_two) {
    return play("twin:\n  pools: {worker: {workers: 1, order: cyclic, " + worker + R"(}}
  stages:
    one: {reads: a, runs_on: worker, service: 2s}
    two: {reads: b, runs_on: worker, service: 2s}
load: {a: {arrivals: )" +
                of_one + "}, b: {arrivals: " + of_two + R"(}}
run: {length: 60s, warm_up: 0s}
measures: [avg cycle(worker), max cycle(worker)]
)");
}

}  // namespace

TEST_CASE("a cyclic worker takes what waits where it is, and turns") {
    // At `one` at 0, 4, 8 s, at `two` at 2, 6 s. What comes to `one` at 3 s waits until 4 s; it stays until 6 s, for
    // nobody waits there, and is at `two` at 8 s for what came at 5 s.
    const auto played = circling("switch: 2s", "every 3s, count: 1", "every 5s, count: 1");
    CHECK(played.times("one", "start") == "4");
    CHECK(played.times("two", "start") == "8");
    CHECK(played.at("max cycle(worker)") == 8);  // 0 to 4 s, 4 to 12 s, then each 4 s
}

TEST_CASE("visits are exhaustive, gated or limited") {
    // One comes to `one` at 0 s, when the worker has left, and one at 7 s; two to `two` at 0 s.
    const std::string one = "every 7s, first: 0s, count: 2", two = "every 1h, first: 0s, items: 2, count: 1";
    const auto exhaustive = circling("switch: 1s", one, two);
    CHECK(exhaustive.times("two", "start") == "1 3");
    CHECK(exhaustive.times("one", "start") == "6 8");
    const auto gated = circling("switch: 1s, visits: gated", one, two);
    CHECK(gated.times("two", "start") == "1 3");
    CHECK(gated.times("one", "start") == "6 10");
    const auto limited = circling("switch: 1s, visits: 1", one, two);
    CHECK(limited.times("two", "start") == "1 7");
    CHECK(limited.times("one", "start") == "4 10");
}

TEST_CASE("a worker that turns at once stays where it is while nobody waits") {
    const auto played = circling("visits: exhaustive", "every 10s, count: 2", "every 11s, count: 2");
    CHECK(played.times("one", "start") == "10 20");
    CHECK(played.times("two", "start") == "12 22");
}

TEST_CASE("an outage sends what was cut off to the head of its own line, and the worker stays") {
    const auto played = circling("switch: 1s, outages: {it: {up: 5s, for: 2s}}",
                                 "every 1h, first: 0s, items: 3, count: 1", "every 1h, first: 0s, count: 1");
    CHECK(played.times("two", "start") == "1");
    CHECK(played.times("one", "start") == "4 7 8 10");
}

TEST_CASE("who comes when the gate has closed waits for the next round, though others have given up") {
    const auto played = play(R"(
twin:
  pools: {worker: {workers: 1, order: cyclic, switch: 1s, visits: gated}}
  stages:
    one: {reads: [a, late], runs_on: worker, service: 10s, queue: {timeout: 12s}}
    two: {reads: b, runs_on: worker, service: 10s}
load:
  b: {arrivals: every 1h, first: 500ms, count: 1}
  a: {arrivals: every 1s, first: 2s, count: 2}
  late: {arrivals: every 1h, first: 13s, count: 1}
run: {length: 100s, warm_up: 0s}
measures: [total expired(one)]
)");
    // At `one` at 12 s for those of 2 and 3 s, the second of which gives up at 15 s; back there at 24 s.
    CHECK(played.times("two", "start") == "1");
    CHECK(played.times("one", "expire") == "15");
    CHECK(played.times("one", "start") == "12 24");
}
