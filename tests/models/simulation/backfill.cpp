// Promised: with `backfill: easy` others go ahead of the head only where they are expected to end before it can start,
// or take what it leaves free; what is expected is the mean of the service or what `expected` says, not what was drawn. A
// head that no end makes room for reserves nothing. Shown: by hand, on equal workers and on nodes.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

/// Four workers; `long` takes two of them for 10 s from 0 s on, `big` wants four from 1 s on.
auto behind_big(const std::string& backfill, const std::string& needs, const std::string& service,
                const std::string& pool = "workers: 4", const std::string& two = "2",
                const std::string& four = "4") {
    return play("twin:\n  pools: {p: {" + pool + ", backfill: " + backfill + R"(}}
  stages:
    long: {reads: a, runs_on: {p: )" +
                two + R"(}, service: 10s}
    big: {reads: b, runs_on: {p: )" +
                four + R"(}, service: 5s}
    small: {reads: c, runs_on: {p: )" +
                needs + "}, service: " + service + R"(}
load:
  a: {arrivals: every 1h, first: 0s, count: 1}
  b: {arrivals: every 1h, first: 1s, count: 1}
  c: {arrivals: every 1h, first: 2s, count: 1}
run: {until: empty}
)");
}

}  // namespace

TEST_CASE("who is expected to end in time goes ahead, who would delay the head does not") {
    CHECK(behind_big("none", "2", "8s").times("small", "start") == "15");
    CHECK(behind_big("easy", "2", "8s").times("small", "start") == "2");
    CHECK(behind_big("easy", "2", "8s").times("big", "start") == "10");
    CHECK(behind_big("easy", "2", "9s").times("small", "start") == "15");
    CHECK(behind_big("any", "2", "9s").times("small", "start") == "2");
    CHECK(behind_big("any", "2", "9s").times("big", "start") == "11");
}

TEST_CASE("who goes on for longer may take what the head leaves free") {
    CHECK(behind_big("easy", "1", "60s", "workers: 4", "2", "3").times("small", "start") == "2");
    CHECK(behind_big("easy", "1", "60s", "workers: 4", "2", "3").times("big", "start") == "10");
    CHECK(behind_big("easy", "2", "60s", "workers: 4", "2", "3").times("small", "start") == "15");
}

TEST_CASE("what is expected may be another time than the work takes") {
    // `small` works for 8 s and would end in time, but is expected to take 9 s; the other way round it delays the head.
    CHECK(behind_big("easy", "2", "8s, expected: 9s").times("small", "start") == "15");
    CHECK(behind_big("easy", "2", "9s, expected: 8s").times("small", "start") == "2");
    CHECK(behind_big("easy", "2", "9s, expected: 8s").times("big", "start") == "11");
    CHECK(behind_big("any", "2", "8s, expected: 9s").times("small", "start") == "2");
    // Of who is at work as well: `first` ends at 10 s and is expected to end at 30 s, so that `small` may take 20 s.
    const auto played = play(R"(
twin:
  pools: {p: {workers: 4, backfill: easy}}
  stages:
    first: {reads: a, runs_on: {p: 2}, service: 10s, expected: 30s}
    big: {reads: b, runs_on: {p: 4}, service: 5s}
    small: {reads: c, runs_on: {p: 2}, service: asked, expected: hoped}
load:
  a: {arrivals: every 1h, first: 0s, count: 1}
  b: {arrivals: every 1h, first: 1s, count: 1}
  c: {arrivals: every 1h, first: 2s, count: 1, fields: {asked: 40s, hoped: 28s}}
run: {until: empty}
)");
    CHECK(played.times("small", "start") == "2");
    CHECK(played.times("big", "start") == "42");
}

TEST_CASE("a head whose workers are gone leaves the reservation to the next") {
    // `night` needs a worker that comes at 100 s. Without that, `big` could be passed by for ever.
    const auto played = play(R"(
twin:
  pools:
    p: {workers: 4, backfill: easy}
    hours: {workers: {steps: {0s: 0, 100s: 1}}}
  stages:
    long: {reads: a, runs_on: {p: 2}, service: 10s}
    night: {reads: n, runs_on: {p: 1, hours: 1}, service: 1s}
    big: {reads: b, runs_on: {p: 4}, service: 5s}
    small: {reads: c, runs_on: {p: 2}, service: 9s}
load:
  a: {arrivals: every 1h, first: 0s, count: 1}
  n: {arrivals: every 1h, first: 0s, count: 1}
  b: {arrivals: every 1h, first: 1s, count: 1}
  c: {arrivals: every 1h, first: 2s, count: 1}
run: {until: empty}
)");
    CHECK(played.times("big", "start") == "10");
    CHECK(played.times("small", "start") == "15");
    CHECK(played.times("night", "start") == "100");
}

TEST_CASE("nodes are reserved by their cores") {
    const std::string nodes = "workers: 2, cores: 4", long_one = "{cores: 3}", big = "{count: 2, cores: 3}";
    CHECK(behind_big("easy", "{cores: 1}", "60s", nodes, long_one, big).times("small", "start") == "2");
    CHECK(behind_big("easy", "{cores: 2}", "8s", nodes, long_one, big).times("small", "start") == "2");
    CHECK(behind_big("easy", "{cores: 2}", "9s", nodes, long_one, big).times("small", "start") == "15");
    CHECK(behind_big("easy", "{cores: 2}", "9s", nodes, long_one, big).times("big", "start") == "10");
}

TEST_CASE("needs with a skill are met by workers that have it") {
    const auto played = play(R"(
twin:
  types: {novice: {}, expert: {skills: [sql, review]}}
  pools: {p: {workers: {novice: 2, expert: 1}, backfill: any}}
  stages:
    easy: {reads: a, runs_on: p, service: 10s}
    hard: {reads: b, runs_on: {p: {skill: sql}}, service: 10s}
load:
  a: {arrivals: every 1h, first: 0s, items: 3, count: 1}
  b: {arrivals: every 1h, first: 1s, items: 2, count: 1}
run: {until: empty}
)");
    CHECK(played.times("easy", "start") == "0 0 0");
    CHECK(played.times("hard", "start") == "10 20");
}

TEST_CASE("who leaves at the end of a shift may finish first") {
    const auto shift = [](const std::string& leave) {
        return play(
            "twin: {stages: {desk: {reads: jobs, service: 6s, workers: {steps: {0s: 1, 4s: 0, 10s: 1}" +
            leave +
            R"(}}}}
load: {jobs: {arrivals: every 1h, first: 0s, items: 2, count: 1}}
run: {length: 60s, warm_up: 0s}
)");
    };
    CHECK(shift("").times("desk", "finish") == "12 18");
    CHECK(shift(", leave: done").times("desk", "finish") == "6 16");
}
