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
measures: [total completed(merge), at end present(), total lost(), total lost(work), total lost(merge)]
)");
    CHECK(played.at("total completed(merge)") == 0);
    CHECK(played.at("at end present()") == 0);
    CHECK(played.at("total lost()") == 1);
    CHECK(played.at("total lost(work)") + played.at("total lost(merge)") == 3);
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

TEST_CASE("copies come together again, whether an item is written twice or read twice") {
    // Done at 3 and 5, then one after the other.
    for (const std::string flow : {"fork: {reads: jobs, writes: [x, y]}", "fork: {reads: jobs, writes: x}"}) {
        CAPTURE(flow);
        const bool twice = flow.find("y]") != std::string::npos;
        const auto played = play("twin:\n  stages:\n    " + flow + R"(
    a: {reads: x, workers: 1, service: 3s}
    b: {reads: )" + (twice ? "y" : "x") +
                                 R"(, workers: 1, service: 5s}
    merge: {reads: [a, b], join: {of: parts}, workers: 1, service: 1s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3}}
run: {until: empty}
measures: [total completed(), total completed(merge), total arrived(merge), avg latency(), avg gathering(merge)]
)");
        CHECK(played.times("merge", "close") == "5 10 15");
        CHECK(played.at("total arrived(merge)") == 6);
        CHECK(played.at("total completed(merge)") == 3);
        CHECK(played.at("total completed()") == 3);
        CHECK(played.at("avg latency()") == doctest::Approx((6 + 10 + 14) / 3.0));
        CHECK(played.at("avg gathering(merge)") == doctest::Approx((2 + 4 + 6) / 6.0));
        CHECK(played.outcome.items_left == 0);
    }
}

TEST_CASE("what is divided by records comes together with all of them") {
    const auto played = play(R"(
twin:
  stages:
    deal: {reads: jobs, writes: {x: 25%, y: 75%}, route: split}
    a: {reads: x, workers: 1, service: 1s per record}
    b: {reads: y, workers: 1, service: 1s per record}
    merge: {reads: [a, b], join: {of: parts}, workers: 1, service: 1s per record}
load: {jobs: {arrivals: every 100s, first: 0s, count: 2, records: 8, size: 8kB}}
run: {until: empty}
measures: [total completed(merge), total completed(), avg latency()]
)");
    CHECK(played.times("merge", "close") == "6 106");
    CHECK(played.times("merge", "finish") == "14 114");
    CHECK(played.at("total completed()") == 2);
}

TEST_CASE("copies of copies come together where all of them meet, or inside out") {
    const auto at_one_place = play(R"(
twin:
  stages:
    first: {reads: jobs, writes: [x, y]}
    second: {reads: x, writes: [v, w]}
    a: {reads: v, workers: 1, service: 1s}
    b: {reads: w, workers: 1, service: 2s}
    c: {reads: y, workers: 1, service: 4s}
    merge: {reads: [a, b, c], join: {of: parts}, workers: 1, service: 1s}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2}}
run: {until: empty}
measures: [total completed(merge), total completed(), avg latency()]
)");
    CHECK(at_one_place.at("total completed(merge)") == 2);
    CHECK(at_one_place.at("total completed()") == 2);
    CHECK(at_one_place.at("avg latency()") == doctest::Approx(5));
    CHECK(at_one_place.outcome.items_left == 0);
    const auto inside_out = play(R"(
twin:
  stages:
    first: {reads: jobs, writes: [x, y]}
    second: {reads: x, writes: [v, w]}
    a: {reads: v, workers: 1, service: 1s}
    b: {reads: w, workers: 1, service: 2s}
    inner: {reads: [a, b], join: {of: parts}, workers: 1, service: 3s}
    c: {reads: y, workers: 1, service: 4s}
    merge: {reads: [inner, c], join: {of: parts}, workers: 1, service: 1s}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2}}
run: {until: empty}
measures: [total completed(inner), total completed(merge), total completed(), avg latency()]
)");
    CHECK(inside_out.times("inner", "close") == "2 12");
    CHECK(inside_out.times("merge", "close") == "5 15");
    CHECK(inside_out.at("total completed(merge)") == 2);
    CHECK(inside_out.at("avg latency()") == doctest::Approx(6));
    CHECK(inside_out.outcome.items_left == 0);
}

TEST_CASE("copies of one item may come together at several places, and all of them at one more") {
    const auto pairs = play(R"(
twin:
  stages:
    src: {reads: jobs, writes: [a, b, c, d]}
    A: {reads: a, workers: 1, service: 1s, writes: j1}
    B: {reads: b, workers: 1, service: 2s, writes: j1}
    C: {reads: c, workers: 1, service: 4s, writes: j2}
    D: {reads: d, workers: 1, service: 4s, writes: j2}
    J1: {reads: j1, join: {of: parts}}
    J2: {reads: j2, join: {of: parts}}
    K: {reads: J1, workers: 1, service: 1s}
    L: {reads: J2, workers: 1, service: 1s}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2}}
run: {until: empty}
measures: [total completed(J1), total completed(J2), total completed(), avg latency()]
)");
    CHECK(pairs.times("J1", "close") == "2 12");
    CHECK(pairs.times("J2", "close") == "4 14");
    CHECK(pairs.at("total completed()") == 2);
    CHECK(pairs.at("avg latency()") == doctest::Approx(5));
    CHECK(pairs.outcome.items_left == 0);
    const auto then_all = [](const std::string& needs) {
        return play("twin:\n  stages:\n    J1: {reads: j1, join: {of: parts" + needs + R"(}}
    src: {reads: jobs, writes: [a, b, c]}
    A: {reads: a, workers: 1, service: 1s, writes: j1}
    B: {reads: b, workers: 1, service: 2s, writes: j1}
    C: {reads: c, workers: 1, service: 4s, writes: j2}
    K: {reads: J1, workers: 1, service: 1s, writes: j2}
    J2: {reads: j2, join: {of: parts}, workers: 1, service: 1s}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2}}
run: {until: empty}
measures: [total completed(J1), total completed(J2), total completed(), total lost(), avg latency()]
)");
    };
    const auto all = then_all("");
    CHECK(all.times("J1", "close") == "2 12");
    CHECK(all.times("J2", "close") == "4 14");
    CHECK(all.at("avg latency()") == doctest::Approx(5));
    CHECK(all.outcome.items_left == 0);
    // The first of two is enough there: the other comes late, and the whole of both goes on to meet the third.
    const auto one = then_all(", needs: 1");
    CHECK(one.times("J1", "close") == "1 11");
    CHECK(one.times("J2", "close") == "4 14");
    CHECK(one.at("total completed(J2)") == 2);
    CHECK(one.at("total lost()") == 0);
    CHECK(one.outcome.items_left == 0);
}

TEST_CASE("parts that all wait for others are lost, as nothing can come together any more") {
    const auto played = play(R"(
twin:
  stages:
    deal: {reads: jobs, emits: {items: 4}, writes: [x, y], route: round_robin}
    j: {reads: x, join: {of: parts}}
    k: {reads: y, join: {of: parts}}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2}}
run: {until: empty}
measures: [total completed(), total lost(), total lost(j), total lost(k), at end present()]
)");
    CHECK(played.at("total completed()") == 0);
    CHECK(played.at("total lost()") == 2);
    CHECK(played.at("total lost(j)") + played.at("total lost(k)") == 8);
    CHECK(played.at("at end present()") == 0);
}

TEST_CASE("a copy that goes to no join is no part, and its loss takes nothing with it") {
    const auto played = play(R"(
twin:
  stages:
    fork: {reads: jobs, writes: [x, y]}
    a: {reads: x, workers: 1, service: 1s}
    b: {reads: y, workers: 1, service: 2s}
    audit: {reads: a, workers: 1, service: 50s, queue: {capacity: 0, full: drop}}
    merge: {reads: [a, b], join: {of: parts}, workers: 1, service: 1s}
load: {jobs: {arrivals: every 10s, first: 0s, count: 3}}
run: {until: empty}
measures: [total dropped(audit), total completed(merge), total lost(merge), total completed()]
)");
    CHECK(played.at("total dropped(audit)") == 2);
    CHECK(played.at("total completed(merge)") == 3);
    CHECK(played.at("total lost(merge)") == 0);
    CHECK(played.at("total completed()") == 3);
}

TEST_CASE("a part that ends elsewhere takes those with it that wait for it") {
    // The second of each three parts is put aside.
    const auto played = play(R"(
twin:
  stages:
    work: {reads: jobs, workers: 1, service: 1s, queue: {capacity: 1, full: drop}, dead_letter: aside}
    look: {reads: aside, workers: 1, service: 1s}
    merge: {reads: work, join: {of: parts}, workers: 1, service: 1s}
load: {jobs: {arrivals: every 100s, first: 0s, count: 2, items: 3}}
run: {until: empty}
measures: [total completed(look), total completed(merge), total lost(merge), at end present()]
)");
    CHECK(played.at("total completed(look)") == 2);
    CHECK(played.at("total completed(merge)") == 0);
    CHECK(played.at("total lost(merge)") == 4);
    CHECK(played.at("at end present()") == 0);
    CHECK(played.outcome.items_left == 0);
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

TEST_CASE("a join of inputs takes one of each, in the order they came") {
    const auto played = play(R"(
twin: {stages: {pair: {reads: [left, right], join: {of: inputs, by: arrival}, workers: 1, service: 1s}}}
load: {left: {arrivals: every 1s, first: 0s, count: 3, records: 5}, right: {arrivals: every 1s, first: 10s, count: 2, records: 1}}
run: {until: empty}
measures: [total completed(pair), max gathering(pair), at end waiting(pair), at end waiting(pair) of left, at end waiting(pair) of right, total completed(), total completed(left), avg latency(right), at end lag(pair), total lost()]
)");
    CHECK(played.times("pair", "close") == "10 11");
    CHECK(played.at("total completed(pair)") == 2);
    CHECK(played.at("max gathering(pair)") == 10);
    CHECK(played.at("at end waiting(pair)") == 1);
    CHECK(played.at("at end waiting(pair) of left") == 1);
    CHECK(played.at("at end waiting(pair) of right") == 0);
    // Of both arrivals of a pair one goes on; the other has done what it came for.
    CHECK(played.at("total completed(left)") == 2);
    CHECK(played.at("avg latency(right)") == 0);
    CHECK(played.at("total completed()") == 4);
    CHECK(played.at("total lost()") == 0);
    CHECK(played.at("at end lag(pair)") == 5);
}

TEST_CASE("a join by key pairs only what has the same key") {
    const auto played = play(R"(
twin: {stages: {pair: {reads: [left, right], join: {of: inputs, by: key}}}}
load: {left: {arrivals: every 1s, count: 200, key: zipf(n 4 s 1)}, right: {arrivals: every 1s, count: 200, key: zipf(n 4 s 1)}}
run: {until: empty}
measures: [total completed(pair), at end waiting(pair)]
)");
    const double pairs = played.at("total completed(pair)");
    CHECK(pairs > 100);
    CHECK(pairs < 200);
    CHECK(played.at("at end waiting(pair)") == 2 * (200 - pairs));
}

TEST_CASE("what finds no partner in time is lost, dead-lettered, or goes on alone") {
    const auto twin = [](const std::string& rest) {
        return play("twin: {stages: {pair: {reads: [left, right], join: {of: inputs, within: 3s" + rest +
                    R"(}}
load: {left: {arrivals: every 10s, first: 0s, count: 3}, right: {arrivals: every 1s, first: 12s, count: 1}}
run: {until: empty}
measures: [total completed(pair), total lost(pair), total expired(pair), total dead_lettered(pair), max gathering(pair)]
)");
    };
    // The second left, at 10 s, has its partner at 12 s; the others wait 3 s.
    const auto lost = twin("}}");
    CHECK(lost.at("total completed(pair)") == 1);
    CHECK(lost.at("total lost(pair)") == 2);
    CHECK(lost.at("total expired(pair)") == 2);
    CHECK(lost.at("max gathering(pair)") == 3);
    CHECK(lost.times("pair", "expire") == "3 23");
    CHECK(twin("}, dead_letter: alone}").at("total dead_lettered(pair)") == 2);
    const auto passed = twin(", unmatched: pass}}");
    CHECK(passed.at("total completed(pair)") == 3);
    CHECK(passed.at("total lost(pair)") == 0);
}

TEST_CASE("who completes a pair needs no place to wait") {
    const auto played = play(R"(
twin: {stages: {pair: {reads: [left, right], join: {of: inputs}, queue: {capacity: 1, full: drop}}}}
load: {left: {arrivals: every 1s, first: 0s, count: 3}, right: {arrivals: every 1s, first: 5s, count: 3}}
run: {until: empty}
measures: [total completed(pair), total dropped(pair) of left, total dropped(pair) of right]
)");
    CHECK(played.at("total completed(pair)") == 1);
    CHECK(played.at("total dropped(pair) of left") == 2);
    CHECK(played.at("total dropped(pair) of right") == 1);
}

TEST_CASE("a batch closes at its records or size; what it held, how long it formed, how many were full") {
    const auto played = play(R"(
twin: {stages: {pack: {reads: jobs, batch: {records: 10, size: 1kB, after: 20s}}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 7, records: 4, size: 100B}}
run: {until: empty}
measures: [avg batch(pack), max forming(pack), total batched(pack), share filled(pack)]
)");
    // Twelve records are three items; the last of seven waits for its time.
    CHECK(played.times("pack", "close") == "2 5 26");
    CHECK(played.at("avg batch(pack)") == doctest::Approx(7.0 / 3));
    CHECK(played.at("max forming(pack)") == 20);
    CHECK(played.at("total batched(pack)") == 3);
    CHECK(played.at("share filled(pack)") == doctest::Approx(2.0 / 3));
}

TEST_CASE("behind a batch its members are counted as they come and as they go") {
    const auto played = play(R"(
twin:
  stages:
    s0: {reads: j, workers: 1, service: 1s, batch: {items: 4}}
    s1: {reads: s0, workers: 1, service: 1s}
    s2: {reads: s1, workers: 1, service: 1h, queue: {capacity: 0, full: drop}}
load: {j: {arrivals: every 1s, count: 12}}
run: {length: 1min}
measures: [total arrived(s1), total completed(s1), share completed(s1), total arrived(s2), share lost(s2), total lost()]
)");
    CHECK(played.at("total arrived(s1)") == 12);
    CHECK(played.at("total completed(s1)") == 12);
    CHECK(played.at("share completed(s1)") == 1);
    CHECK(played.at("total arrived(s2)") == 12);
    CHECK(played.at("share lost(s2)") == doctest::Approx(2.0 / 3));
    CHECK(played.at("total lost()") == 8);
}

TEST_CASE("of the whole system an arrival is lost once, when all that came of it is") {
    const auto played = play(R"(
twin: {stages: {s: {reads: j, workers: 1, service: 1s, queue: {capacity: 2, full: drop}}}}
load: {j: {arrivals: every 10s, count: 3, items: 5}, k: {arrivals: every 10s, first: 1s, count: 3, writes: j}}
run: {length: 1min}
measures: [total lost(), share lost() of j, total lost() of k, total completed(), total lost(s)]
)");
    // Of five at once three find a place, and who comes a second later one more.
    CHECK(played.at("total lost(s)") == 6);
    CHECK(played.at("total lost()") == 0);
    CHECK(played.at("share lost() of j") == 0);
    CHECK(played.at("total completed()") == 6);
    const auto all = play(R"(
twin: {stages: {s: {reads: j, workers: 1, service: 1h, queue: {capacity: 0, full: drop}}}}
load: {j: {arrivals: every 10s, count: 3, items: 5}}
run: {length: 1min}
measures: [total lost(), total arrived(), total lost(s)]
)");
    CHECK(all.at("total lost(s)") == 14);
    CHECK(all.at("total lost()") == 2);
    CHECK(all.at("total arrived()") == 3);
}

TEST_CASE("a dataset has lost what a reader had not read when its retention ended") {
    const auto played = play(R"(
twin:
  datasets: {kept: {retention: 10s}}
  stages:
    copy: {reads: j, writes: kept}
    slow: {reads: kept, workers: 1, service: 8s}
load: {j: {arrivals: every 1s, count: 20}}
run: {length: 2min}
measures: [total arrived(kept), total lost(kept), share lost(kept), total lost(slow), total lost()]
)");
    CHECK(played.at("total arrived(kept)") == 20);
    CHECK(played.at("total lost(kept)") > 10);
    CHECK(played.at("total lost(kept)") == played.at("total lost(slow)"));
    CHECK(played.at("total lost(kept)") == played.at("total lost()"));
    CHECK(played.at("share lost(kept)") == doctest::Approx(played.at("total lost(kept)") / 20));
}
