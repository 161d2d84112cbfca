// Promised: a stage that is rewound reads once more what it has read in that time and its dataset still keeps, in the old
// order and before those who wait; that counts as duplicated, wherever it comes, and never as an arrival, a loss or a
// landing. Shown: by hand, with a line, batches, retention, and a second rewind.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("what was read is read again, before those who wait") {
    const auto played = play(R"(
twin:
  stages: {server: {reads: jobs, workers: 1, service: 2s, writes: table}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 5}}
actions: [{at: 5s, rewind: server, by: 4s}]
run: {until: empty}
measures: [total duplicated(server), total duplicated(table), total duplicated(), share duplicated(table), total arrived(), total completed(), total completed(table), total arrived(server), max latency(), at end present()]
)");
    // Read at 0, 2 and 4 s; at 5 s, those of 2 and 4 s again, as 6 and 7 (the newest of the two is made first).
    CHECK(played.when("server", "start") == "1@0 2@2 3@4 7@6 6@8 4@10 5@12");
    CHECK(played.at("total duplicated(server)") == 2);
    CHECK(played.at("total duplicated(table)") == 2);
    CHECK(played.at("total duplicated()") == 2);
    CHECK(played.at("share duplicated(table)") == doctest::Approx(0.4));
    CHECK(played.at("total arrived()") == 5);
    CHECK(played.at("total completed()") == 5);
    CHECK(played.at("total completed(table)") == 5);
    CHECK(played.at("total arrived(server)") == 7);
    CHECK(played.at("max latency()") == 10);
    CHECK(played.at("at end present()") == 0);
}

TEST_CASE("batches are gathered again, and retention has forgotten what is too old") {
    const auto played = play(R"(
twin:
  datasets: {topic: {retention: 3s}}
  stages: {pack: {reads: topic, batch: {items: 2}, workers: 1, service: 100ms}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 6, writes: topic}}
actions: [{at: 5500ms, rewind: pack, by: 10s}]
run: {until: empty}
measures: [total duplicated(pack), total batched(pack), total lost()]
)");
    // Of those that came at 0, 1, ... 5 s the topic has the last three.
    CHECK(played.at("total duplicated(pack)") == 3);
    CHECK(played.at("total batched(pack)") == 4);
    CHECK(played.at("total lost()") == 0);
}

TEST_CASE("what was read again can be read again") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 3}}
  datasets: {topic: {partitions: 3}}
  stages: {server: {reads: topic, runs_on: crew, service: 1s}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3, writes: topic}}
actions: [{every: every 10s, rewind: server, by: 20s}]
run: {length: 35s, warm_up: 0s}
measures: [total duplicated(server), total completed(server), total completed()]
)");
    // Nothing at 0 s, three at 10, 20 and 30 s.
    CHECK(played.at("total duplicated(server)") == 9);
    CHECK(played.at("total completed(server)") == 12);
    CHECK(played.at("total completed()") == 3);
}
