// Promised: a window holds the items born in its span, closes by the clock so long after its end as `lateness` says, and
// only if something came; items are copied into all windows that cover their birth; what comes for closed windows alone
// is late. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("a window makes one item of those born in its span") {
    const auto played = play(R"(
twin: {stages: {count: {reads: clicks, window: {size: 10s}, workers: 1, service: 100ms per item}}}
load: {clicks: {arrivals: every 3s, first: 0s, count: 5}}
run: {until: empty}
measures: [avg batch(count), total batched(count), avg gathering(count), avg forming(count), total late(count)]
)");
    // Born at 0, 3, 6, 9 and at 12 s.
    CHECK(played.times("count", "start") == "10 20");
    CHECK(played.times("count", "finish") == "10.4 20.1");
    CHECK(played.at("avg batch(count)") == 2.5);
    CHECK(played.at("avg forming(count)") == doctest::Approx((10 + 8) / 2.0));
    CHECK(played.at("avg gathering(count)") == doctest::Approx((10 + 7 + 4 + 1 + 8) / 5.0));
    CHECK(played.at("total late(count)") == 0);
}

TEST_CASE("one for each key, and none where nothing came") {
    const auto played = play(R"(
twin: {stages: {count: {reads: [a, b], window: {size: 10s, by: key}}}}
load:
  a: {arrivals: every 4s, first: 0s, count: 2, key: 1}
  b: {arrivals: every 4s, first: 1s, count: 1, key: 2}
  later: {arrivals: every 1s, first: 35s, count: 1, key: 1, writes: a}
run: {until: empty}
measures: [total batched(count)]
)");
    CHECK(played.times("count", "close") == "10 10 40");
    CHECK(played.at("total batched(count)") == 3);
}

TEST_CASE("an item is in all windows that cover its birth") {
    const auto played = play(R"(
twin: {stages: {count: {reads: clicks, window: {size: 10s, every: 5s}}}}
load: {clicks: {arrivals: every 1s, first: 7s, count: 1}}
run: {until: empty}
measures: [total batched(count), total arrived(count), total completed(), avg latency()]
)");
    CHECK(played.times("count", "close") == "10 15");
    CHECK(played.at("total arrived(count)") == 1);
    CHECK(played.at("total completed()") == 1);
    CHECK(played.at("avg latency()") == 8);
}

TEST_CASE("what comes after lateness is late") {
    const auto played = play(R"(
twin: {stages: {count: {reads: clicks, window: {size: 10s, lateness: 3s}, dead_letter: bin}}}
load: {clicks: {arrivals: every 2s, first: 8s, count: 2, delay: 4s}}
run: {until: empty}
measures: [total late(count), total dead_lettered(count), avg batch(count)]
)");
    // Born at 8 s, there at 12 s: in time until 13 s. Born at 10 s: in the next.
    CHECK(played.times("count", "close") == "13 23");
    CHECK(played.at("total late(count)") == 0);
    const auto late = play(R"(
twin: {stages: {count: {reads: clicks, window: {size: 10s, lateness: 3s}, dead_letter: bin}}}
load: {clicks: {arrivals: every 1s, first: 8s, count: 2, delay: 5s}}
run: {until: empty}
measures: [total late(count), total dead_lettered(count), share late(count)]
)");
    // At 13 s the window closes after what arrives then; at 14 s it is too late.
    CHECK(late.times("count", "close") == "13");
    CHECK(late.at("total late(count)") == 1);
    CHECK(late.at("total dead_lettered(count)") == 1);
    CHECK(late.at("share late(count)") == 0.5);
}

TEST_CASE("windows of windows hold what those before them close at the same instant") {
    const auto played = play(R"(
twin:
  stages:
    second: {reads: first, window: {size: 20s}, workers: 1, service: 1s}
    first: {reads: x, window: {size: 10s}}
load: {x: {arrivals: every 1s, first: 500ms}}
run: {length: 65s}
measures: [total batched(second), avg batch(second), total late(second)]
)");
    CHECK(played.times("second", "close") == "20 40 60");
    CHECK(played.at("avg batch(second)") == 2);
    CHECK(played.at("total late(second)") == 0);
}
