// Promised: a batch closes at its number of items, or some time after its first; a join waits for
// all parts of one item or for so many, and ignores or cancels the rest; parts count once for the whole system.
// Shown: a few items with constant times, worked out by hand.
#include <doctest/doctest.h>

#include "play.h"

using understudy::tests::play;

TEST_CASE("a batch closes when it is full or its first item has waited long enough") {
    // Items at 0, 1, 2, 3, 10: three of them at 2; the fourth waits from 3 to 8; the fifth from 10 to 15.
    const auto played = play(R"(
twin: {stages: {pack: {reads: jobs, batch: {items: 3, after: 5s}, workers: 1, service: 1s + 100ms per item}}}
load:
  jobs: {arrivals: every 1s, first: 0s, count: 4}
  late: {arrivals: every 1s, first: 10s, count: 1, writes: jobs}
run: {until: empty}
measures: [avg gathering(pack), total completed(pack), avg latency(pack), avg latency(), total completed()]
)");
    CHECK(played.times("pack", "close") == "2 8 15");
    CHECK(played.times("pack", "start") == "2 8 15");
    CHECK(played.times("pack", "finish") == "3.3 9.1 16.1");
    CHECK(played.at("avg gathering(pack)") == doctest::Approx((2 + 1 + 0 + 5 + 5) / 5.0));
    // Latency is of each item in it.
    CHECK(played.at("total completed(pack)") == 5);
    CHECK(played.at("avg latency(pack)") == doctest::Approx((3.3 + 2.3 + 1.3 + 6.1 + 6.1) / 5));
    CHECK(played.at("total completed()") == 5);
}

TEST_CASE("a batch that no time closes stays until the end and is counted as present") {
    const auto played = play(R"(
twin: {stages: {pack: {reads: jobs, batch: {items: 3}, workers: 1, service: 1s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4}}
run: {length: 20s}
measures: [total completed(), at end present()]
)");
    CHECK(played.at("total completed()") == 3);
    CHECK(played.at("at end present()") == 1);
    CHECK(played.outcome.items_left == 1);
}

TEST_CASE("a join waits for all parts, and the item goes on once") {
    // Parts done at 3 and 7 by two workers of different stages.
    const auto played = play(R"(
twin:
  stages:
    split: {reads: jobs, emits: {items: 2}}
    work: {reads: split, workers: 1, service: 3s}
    merge: {reads: work, join: {of: parts}, workers: 1, service: 1s}
load: {jobs: {arrivals: every 100s, first: 0s, count: 2}}
run: {until: empty}
measures: [avg latency(), total completed(), total completed(merge), avg gathering(merge), max present()]
)");
    CHECK(played.times("work", "finish") == "3 6 103 106");
    CHECK(played.times("merge", "start") == "6 106");
    CHECK(played.at("avg latency()") == doctest::Approx(7));
    CHECK(played.at("total completed()") == 2);
    CHECK(played.at("total completed(merge)") == 2);
    CHECK(played.at("max present()") == 1);  // parts count once
    CHECK(played.at("avg gathering(merge)") == doctest::Approx(1.5));
}

TEST_CASE("a join of two of three goes on early; the rest is ignored, or cancelled at work") {
    auto with = [](const std::string& rest) {
        return play(R"(
twin:
  stages:
    split: {reads: jobs, emits: {items: 3}}
    work: {reads: split, workers: 2, service: 4s}
    merge: {reads: work, join: {of: parts, needs: 2, rest: )" +
                    rest + R"(}, workers: 1, service: 1s}
    after: {reads: merge, workers: 1, service: 1s}
load: {jobs: {arrivals: every 100s, first: 0s, count: 1}}
run: {length: 50s}
measures: [avg latency(), total completed(merge), total lost(), avg busy(work), at end present()]
)");
    };
    const auto ignored = with("ignore");
    CHECK(ignored.times("merge", "start") == "4");
    CHECK(ignored.times("work", "finish") == "4 4 8");
    CHECK(ignored.at("avg busy(work)") == doctest::Approx(12.0 / 50));
    // The arrival is done when all that came of it is.
    CHECK(ignored.at("avg latency()") == doctest::Approx(8));
    const auto cancelled = with("cancel");
    CHECK(cancelled.times("merge", "start") == "4");
    CHECK(cancelled.count("work", "finish") == 2);
    CHECK(cancelled.at("avg busy(work)") == doctest::Approx(8.0 / 50));
    CHECK(cancelled.at("avg latency()") == doctest::Approx(6));
    CHECK(cancelled.at("total lost()") == 0);
    CHECK(cancelled.at("at end present()") == 0);
}

TEST_CASE("parts whose whole can no longer come together are lost with the one that was") {
    // Three parts of which the third finds no place; a join of all three can never complete.
    const auto played = play(R"(
twin:
  stages:
    split: {reads: jobs, emits: {items: 3}}
    work: {reads: split, workers: 1, queue: {capacity: 1, full: drop}, service: 1s}
    merge: {reads: work, join: {of: parts}, workers: 1, service: 1s}
load: {jobs: {arrivals: every 100s, first: 0s, count: 1}}
run: {length: 50s}
measures: [total completed(merge), at end present(), total lost()]
)");
    CHECK(played.at("total completed(merge)") == 0);
    CHECK(played.at("at end present()") == 0);
    CHECK(played.at("total lost()") == 3);
    CHECK(played.outcome.items_left == 0);
}

TEST_CASE("parts of parts come together from the inside out") {
    const auto played = play(R"(
twin:
  stages:
    outer: {reads: jobs, emits: {items: 2, size: 50%}}
    inner: {reads: outer, emits: {items: 3}}
    work: {reads: inner, workers: 1, service: 1s}
    join_inner: {reads: work, join: {of: parts}}
    join_outer: {reads: join_inner, join: {of: parts}}
load: {jobs: {arrivals: every 100s, first: 0s, count: 1}}
run: {until: empty}
measures: [total completed(join_inner), total completed(join_outer), avg latency()]
)");
    CHECK(played.times("join_inner", "close") == "3 6");
    CHECK(played.times("join_outer", "close") == "6");
    CHECK(played.at("total completed(join_outer)") == 1);
    CHECK(played.at("avg latency()") == doctest::Approx(6));
}

TEST_CASE("a part that comes after its whole has gone on is not one more") {
    const auto played = play(R"(
twin:
  stages:
    one: {reads: jobs, workers: 1, service: 1s}
    done: {reads: one, join: {of: parts, needs: 2, rest: ignore}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1, items: 3}}
run: {until: empty}
measures: [total completed(done), avg latency(jobs -> done), total completed(), avg latency()]
)");
    CHECK(played.at("total completed(done)") == 1);
    CHECK(played.at("avg latency(jobs -> done)") == 2);
    // The arrival itself is done when all that came of it is.
    CHECK(played.at("total completed()") == 1);
    CHECK(played.at("avg latency()") == 3);
}
