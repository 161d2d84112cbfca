// Promised: an attempt takes what it spends when it begins, all or nothing, each attempt anew; budgets are filled all
// the time, by ticks, by amounts or on order; who came first is paid first, over all lines. Shown: small cases by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("a continuous budget pays at the instant it can") {
    const auto played = play(R"(
twin: {budgets: {quota: {capacity: 4, refill: 0.5/s}}, stages: {gate: {reads: calls, spends: {quota: 2}}}}
load: {calls: {arrivals: every 1s, first: 0s, count: 4}}
run: {until: empty}
measures: [avg wait(gate), total waited(gate), at 2s level(quota)]
)");
    // Full at 0: 4, 2.5, then 1 at 2 s, 2 at 4 s, and 2 again at 8 s.
    CHECK(played.times("gate", "finish") == "0 1 4 8");
    CHECK(played.at("total waited(gate)") == 2);
    CHECK(played.at("at 2s level(quota)") == doctest::Approx(1));
}

TEST_CASE("ticks bring one token each, and what does not fit is lost") {
    const auto played = play(R"(
twin: {budgets: {bucket: {capacity: 2, initial: 0, refill: every 1s}}, stages: {gate: {reads: calls, spends: bucket}}}
load: {calls: {arrivals: every 1s, first: 10500ms, count: 1, items: 4}}
run: {length: 20s}
measures: [at 10s level(bucket), total refilled(bucket), avg level(bucket), share waited(gate)]
)");
    CHECK(played.times("gate", "finish") == "10.5 10.5 11 12");
    CHECK(played.at("at 10s level(bucket)") == 2);
    CHECK(played.at("total refilled(bucket)") == 20);
    CHECK(played.at("share waited(gate)") == 0.5);
    // 0, 1, then 2 from 2 s to 10.5 s, 0 until 13 s, 1 until 14 s, 2.
    CHECK(played.at("avg level(bucket)") == doctest::Approx((1 + 2 * 8.5 + 1 + 2 * 6) / 20));
}

TEST_CASE("amounts come by the clock; an attempt that is made again is paid again") {
    const auto played = play(R"(
twin:
  budgets: {quota: {capacity: 3, refill: {amount: 3, every: 10s}}}
  stages: {gate: {reads: calls, spends: quota, workers: 1, service: 1s, failure: 100%, retry: {times: 1, backoff: 0s}, dead_letter: rest}}
load: {calls: {arrivals: every 1s, first: 0s, count: 1, items: 2}}
run: {length: 30s}
measures: [total refilled(quota), at end level(quota)]
)");
    CHECK(played.times("gate", "start") == "0 1 2 10");
    CHECK(played.at("at end level(quota)") == 3);
}

TEST_CASE("orders are made on what is there and ordered, less what waits") {
    const auto played = play(R"(
twin: {budgets: {stock: {capacity: unlimited, initial: 2, refill: {at_most: 0, amount: 3, after: 5s}}}, stages: {demand: {reads: orders, spends: stock}}}
load: {orders: {arrivals: every 1s, first: 0s, count: 6}}
run: {until: empty}
measures: [total refilled(stock), at end level(stock), max waiting(demand)]
)");
    // The second empties it at 1 s: three come at 6 s. The fifth makes the position 0 once more, at 4 s: three at 9 s.
    CHECK(played.times("demand", "finish") == "0 1 6 6 6 9");
    CHECK(played.at("total refilled(stock)") == 2);
    CHECK(played.at("at end level(stock)") == 2);
}

TEST_CASE("several budgets are spent together or not at all, by amounts that may be fields") {
    const auto played = play(R"(
twin:
  budgets: {calls: {capacity: 10, refill: every 1s}, tokens: {capacity: 10, refill: {amount: 10, every: every 10s}}}
  stages: {gate: {reads: jobs, spends: {calls: 1, tokens: weight}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3, fields: {weight: 6}}}
run: {length: 25s}
measures: [at 9s level(calls), at 9s level(tokens)]
)");
    // Six of ten at 0 s; the next finds four, and takes no call either until it can have both.
    CHECK(played.times("gate", "finish") == "0 10 20");
    CHECK(played.at("at 9s level(calls)") == 10);
    CHECK(played.at("at 9s level(tokens)") == 4);
}

TEST_CASE("who came first is paid first, whatever line it stands in") {
    const auto played = play(R"(
twin:
  budgets: {quota: {capacity: 3, initial: 0, refill: every 2s}}
  stages: {a: {reads: x, spends: quota}, b: {reads: y, spends: {quota: 2}}}
load: {x: {arrivals: every 1s, first: 500ms, count: 2}, y: {arrivals: every 1s, first: 700ms, count: 1}}
run: {length: 30s}
)");
    // b's, which came between a's two and needs two tokens, holds up the second of a.
    CHECK(played.times("a", "finish") == "2 8");
    CHECK(played.times("b", "finish") == "6");
}
