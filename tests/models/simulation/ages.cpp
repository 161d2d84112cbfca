// Promised: an age is that of the oldest item of a stage, or of the oldest arrival not yet done, whoever is served first;
// it grows by the clock, falls when the oldest leaves, and is 0 where nothing is. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("the oldest of a line") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 3s}}}
load: {jobs: {arrivals: every 2s, first: 0s, count: 3}}
run: {length: 10s, warm_up: 0s}
measures: [avg age(server), max age(server), min age(server), at 3s age(server), at 5s age(server), at end age(server), avg age(), avg age(server) during 3s..6s, var age(server)]
)");
    // Born at 0, 2 and 4 s, done at 3, 6 and 9 s.
    const double first = 4.5, second = (1 + 4) / 2.0 * 3, third = (2 + 5) / 2.0 * 3;
    const double mean = (first + second + third) / 10;
    CHECK(played.at("avg age(server)") == doctest::Approx(mean));
    CHECK(played.at("avg age()") == doctest::Approx(mean));
    CHECK(played.at("avg age(server) during 3s..6s") == doctest::Approx(second / 3));
    CHECK(played.at("max age(server)") == 5);
    CHECK(played.at("min age(server)") == 0);
    // Asked for before what ends at that instant.
    CHECK(played.at("at 3s age(server)") == 3);
    CHECK(played.at("at 5s age(server)") == 3);
    CHECK(played.at("at end age(server)") == 0);
    const double squares = 27 / 3.0 + (64 - 1) / 3.0 + (125 - 8) / 3.0;
    CHECK(played.at("var age(server)") == doctest::Approx(squares / 10 - mean * mean));
}

TEST_CASE("who comes last is served first, and does not make the others younger") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, order: lifo, service: 5s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3}}
run: {length: 16s, warm_up: 0s}
measures: [at 4s age(server), at 7s age(server), at 12s age(server), max age(server), at end age()]
)");
    CHECK(played.at("at 4s age(server)") == 4);
    CHECK(played.at("at 7s age(server)") == 6);
    CHECK(played.at("at 12s age(server)") == 11);
    CHECK(played.at("max age(server)") == 14);
    CHECK(played.at("at end age()") == 0);
}

TEST_CASE("birth counts, not when it came: late data, batches, loops and losses") {
    const auto late = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 2s}}}
load: {jobs: {arrivals: every 1s, first: 1s, count: 1, delay: 4s}}
run: {length: 10s, warm_up: 0s}
measures: [at 4s age(server), at 4s age(), at 6s age(server), max age(server)]
)");
    CHECK(late.at("at 4s age(server)") == 0);
    CHECK(late.at("at 4s age()") == 3);
    CHECK(late.at("at 6s age(server)") == 5);
    CHECK(late.at("max age(server)") == 6);
    const auto batch = play(R"(
twin: {stages: {pack: {reads: jobs, batch: {items: 2}, workers: 1, service: 2s}}}
load: {jobs: {arrivals: every 3s, first: 0s, count: 2}}
run: {length: 10s, warm_up: 0s}
measures: [at 2s age(pack), at 4s age(pack), max age(pack), at end age(pack)]
)");
    CHECK(batch.at("at 2s age(pack)") == 2);
    CHECK(batch.at("at 4s age(pack)") == 4);
    CHECK(batch.at("max age(pack)") == 5);
    CHECK(batch.at("at end age(pack)") == 0);
    const auto lost = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, queue: {timeout: 2s}, service: 10s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 2}, more: {arrivals: every 1s, first: 11s, count: 1, writes: jobs}}
run: {length: 12s, warm_up: 0s}
measures: [at 9s age(server), at 10500ms age(server), at end age()]
)");
    CHECK(lost.at("at 9s age(server)") == 9);
    CHECK(lost.at("at 10500ms age(server)") == 0);
    CHECK(lost.at("at end age()") == 1);
}

TEST_CASE("those who have left are forgotten while an old one stays") {
    // The first is served for as long as the run lasts; thousands pass beside it.
    const auto played = play(R"(
twin: {stages: {server: {reads: [first, jobs], workers: 3, service: work}}}
load:
  first: {arrivals: every 1s, first: 0s, count: 1, fields: {work: 1h}}
  jobs: {arrivals: every 1s, fields: {work: 1500ms}}
run: {length: 50min, warm_up: 0s}
measures: [avg age(server), at end age(server), total completed(server)]
)");
    CHECK(played.at("avg age(server)") == doctest::Approx(1500));
    CHECK(played.at("at end age(server)") == 3000);
    CHECK(played.at("total completed(server)") > 2900);
}

TEST_CASE("freshness at an instant is that of the newest landed") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 1s, writes: out}}}
load: {jobs: {arrivals: every 4s, first: 1s, count: 2}}
run: {length: 10s, warm_up: 0s}
measures: [at 1s freshness(out), at 4s freshness(out), at 8s freshness(out), at end freshness(out)]
)");
    // Born at 1 and 5 s, landed at 2 and 6 s.
    CHECK(played.at("at 1s freshness(out)") == 1);
    CHECK(played.at("at 4s freshness(out)") == 3);
    CHECK(played.at("at 8s freshness(out)") == 3);
    CHECK(played.at("at end freshness(out)") == 5);
}

TEST_CASE("the oldest on its way to a dataset") {
    const auto played = play(R"(
twin:
  datasets: {table: {}}
  stages:
    read: {reads: jobs, workers: 1, service: 2s, batch: {items: 2}}
    sort: {reads: read, writes: {kept: 100%, elsewhere: 0%}}
    write: {reads: kept, workers: 1, queue: {capacity: 0, full: block}, service: 4s, writes: table}
    other: {reads: elsewhere, workers: 1, service: 100s}
load:
  jobs: {arrivals: every 1s, first: 0s, count: 4, delay: 1s}
run: {until: empty}
measures: [at 500ms age(table), at 6s age(table), at 8s age(table), max age(table), at end age(table)]
)");
    // Born at 0 .. 3 s, there 1 s later; the batches are at work 2..4 and 4..6 s, written 4..8 and 8..12 s.
    CHECK(played.at("at 500ms age(table)") == 0.5);
    CHECK(played.at("at 6s age(table)") == 6);
    CHECK(played.at("at 8s age(table)") == 8);
    CHECK(played.at("max age(table)") == 10);
    CHECK(played.at("at end age(table)") == 0);
}
