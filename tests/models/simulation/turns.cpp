// Promised: with workers that are not its own, a stage works on one item of each partition at a time, in the order in which
// they came, whatever the order of the pool; a partition that is held up by a full queue, or whose item was cut off, keeps
// its turn; who gives up or fails passes it on; each partition gathers for itself. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("one item of each partition at a time, beside workers that are free") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 4}}
  datasets: {topic: {partitions: 2}}
  stages: {server: {reads: topic, runs_on: crew, service: work}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4, fields: {work: 3s}, writes: topic}}
run: {until: empty}
measures: [avg wait(server), max waiting(crew), max present(crew), max busy(crew)]
)");
    // Dealt in turn at 0, 1, 2 and 3 s: the third waits for the first, the fourth for the second.
    CHECK(played.when("server", "start") == "1@0 2@1 3@3 4@4");
    CHECK(played.at("avg wait(server)") == 0.5);
    CHECK(played.at("max waiting(crew)") == 1);
    CHECK(played.at("max present(crew)") == 3);
    CHECK(played.at("max busy(crew)") == 2);
}

TEST_CASE("a better item does not overtake within its partition, but in the pool") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1, order: priority}}
  datasets: {topic: {partitions: 2, by: key}}
  stages: {server: {reads: topic, runs_on: crew, service: 10s}}
load:
  low: {arrivals: every 1s, first: 0s, count: 2, key: 1, writes: topic}
  high: {arrivals: every 1s, first: 2s, count: 1, key: 1, priority: 9, writes: topic}
  other: {arrivals: every 1s, first: 3s, count: 1, key: 2, priority: 5, writes: topic}
run: {until: empty}
measures: [avg wait(server)]
)");
    // Whether the keys share a partition is up to their hash; in either case the three of key 1 come in order.
    const std::string order = played.order("server", "start");
    CHECK((order == "1 4 2 3" || order == "1 2 3 4"));
}

TEST_CASE("what is cut off keeps its turn, what fails or gives up passes it on") {
    const auto cut = play(R"(
twin:
  pools: {crew: {workers: 2, outages: {stop: {every: 10s, for: 5s, takes: all}}}}
  datasets: {topic: {partitions: 1}}
  stages: {server: {reads: topic, runs_on: crew, service: 4s}}
load: {jobs: {arrivals: every 1s, first: 8s, count: 2, writes: topic}}
run: {until: empty}
measures: [avg wait(server)]
)");
    CHECK(cut.when("server", "finish") == "1@17 2@26");
    const auto failed = play(R"(
twin:
  pools: {crew: {workers: 2}}
  datasets: {topic: {partitions: 1}}
  stages: {server: {reads: topic, runs_on: crew, service: 4s, timeout: 2s, retry: {times: 1, backoff: 10s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 2, writes: topic}}
run: {until: empty}
measures: [avg wait(server)]
)");
    CHECK(failed.when("server", "start") == "1@0 2@2 1@12 2@14");
    const auto given_up = play(R"(
twin:
  pools: {crew: {workers: 1}}
  datasets: {topic: {partitions: 2}}
  stages:
    server: {reads: topic, runs_on: crew, service: 10s, queue: {timeout: 3s}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4, writes: topic}}
run: {until: empty}
measures: [total expired(server), avg wait(server)]
)");
    // The second is next in the pool's line and leaves it at 4 s, the third stood behind the first, the fourth behind it.
    CHECK(given_up.at("total expired(server)") == 3);
    CHECK(given_up.when("server", "start") == "1@0");
}

TEST_CASE("a full queue behind holds up the partition") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 2}}
  datasets: {topic: {partitions: 1}}
  stages:
    server: {reads: topic, runs_on: crew, service: 1s}
    slow: {reads: server, workers: 1, queue: {capacity: 0, full: block}, service: 5s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3, writes: topic}}
run: {until: empty}
measures: [avg wait(server)]
)");
    CHECK(played.when("server", "start") == "1@0 2@1 3@6");
}

TEST_CASE("each partition gathers for itself, by batches and by windows") {
    const auto batches = play(R"(
twin:
  pools: {crew: {workers: 4}}
  datasets: {topic: {partitions: 2}}
  stages: {pack: {reads: topic, batch: {items: 2, after: 10s}, runs_on: crew, service: 1s}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 5, writes: topic}}
run: {until: empty}
measures: [total batched(pack), avg batch(pack), max forming(pack)]
)");
    // 1 and 3 at 2 s, 2 and 4 at 3 s, 5 alone at 14 s.
    CHECK(batches.times("pack", "close") == "2 3 14");
    CHECK(batches.at("total batched(pack)") == 3);
    CHECK(batches.at("max forming(pack)") == 10);
    const auto windows = play(R"(
twin:
  datasets: {topic: {partitions: 2}}
  stages: {minute: {reads: topic, window: {size: 10s}, workers: 2, service: 1s}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4, writes: topic}}
run: {until: empty}
measures: [total batched(minute), avg batch(minute)]
)");
    CHECK(windows.at("total batched(minute)") == 2);
    CHECK(windows.at("avg batch(minute)") == 2);
}
