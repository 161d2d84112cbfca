// Promised: an item moves data over a link before and after its service while it holds its workers; those that cross a
// link, or the network of one worker in one direction, share it max-min fairly; the bandwidth of a link grows with the
// workers of a pool; what is moved in once to a worker is not moved again; work that is cut off moves its data anew.
// Shown: by hand.
#include <doctest/doctest.h>

#include "play.h"

using understudy::tests::play;

TEST_CASE("in, service and out follow each other, and the workers are held all the while") {
    const auto played = play(R"(
twin:
  pools: {node: {workers: 1}, storage: {bandwidth: 1MB/s}}
  stages: {copy: {reads: files, runs_on: node, service: 2s, transfers: {over: storage, in: 3MB, out: 1MB}}}
load: {files: {arrivals: every 1s, first: 0s, count: 2}}
run: {until: empty}
measures: [avg utilisation(storage), avg busy(storage), max present(storage), avg utilisation(node), avg service(copy)]
)");
    CHECK(played.when("copy", "start") == "1@0 2@6");
    CHECK(played.when("copy", "finish") == "1@6 2@12");
    CHECK(played.at("avg utilisation(storage)") == doctest::Approx(8.0 / 12));
    CHECK(played.at("avg busy(storage)") == doctest::Approx(8.0 / 12));
    CHECK(played.at("max present(storage)") == 1);
    CHECK(played.at("avg utilisation(node)") == 1);
    CHECK(played.at("avg service(copy)") == 6);
}

TEST_CASE("two nodes share the link, and a node's network caps its own") {
    // Two nodes with 1 MB/s each way, a link of 3 MB/s: three items on two nodes, two of them on the first.
    const auto played = play(R"(
twin:
  pools:
    node: {workers: 2, cores: 2, network: 1MB/s}
    storage: {bandwidth: 3MB/s}
  stages: {copy: {reads: files, runs_on: {node: {cores: 1}}, transfers: {over: storage, in: 2MB}}}
load: {files: {arrivals: every 1h, first: 0s, count: 1, items: 3}}
run: {until: empty}
)");
    // The one that is alone has 1 MB/s, the two others half of that.
    CHECK(played.times("copy", "finish") == "2 4 4");
}

TEST_CASE("both ways of a node's network are its own") {
    const auto played = play(R"(
twin:
  pools: {node: {workers: 1, cores: 2, network: 1MB/s}, storage: {bandwidth: 10MB/s}}
  stages:
    fetch: {reads: a, runs_on: {node: {cores: 1}}, transfers: {over: storage, in: 4MB}}
    store: {reads: b, runs_on: {node: {cores: 1}}, transfers: {over: storage, out: 4MB}}
load:
  a: {arrivals: every 1h, first: 0s, count: 1}
  b: {arrivals: every 1h, first: 0s, count: 1}
run: {until: empty}
)");
    CHECK(played.times("fetch", "finish") == "4");
    CHECK(played.times("store", "finish") == "4");
}

TEST_CASE("the bandwidth grows with the nodes, and an action changes it under way") {
    // With two nodes 2 * 3 / (2 + 2) = 1.5 times.
    const char* grown = R"(
twin:
  pools: {node: {workers: 2}, storage: {bandwidth: 2MB/s, grows: {with: node, to: 3}}}
  stages: {copy: {reads: files, runs_on: node, transfers: {over: storage, in: 3MB}}}
load: {files: {arrivals: every 1h, first: 0s, count: 1, items: 2}}
run: {until: empty}
)";
    CHECK(play(grown).times("copy", "finish") == "2 2");
    CHECK(play(std::string(grown) + "actions: [{at: 1s, set: storage.bandwidth, to: 0.5x}]\n")
              .times("copy", "finish") == "3 3");
    // One node fewer: 2 MB/s, and the second is cut off after 1.5 MB, and moves all of it anew once there is room.
    CHECK(play(std::string(grown) + "actions: [{at: 1s, set: node.workers, to: 1}]\n")
              .times("copy", "finish") == "1.75 3.25");
}

TEST_CASE("what has been moved in once to a node is there") {
    const auto played = play(R"(
twin:
  pools: {node: {workers: 2}, storage: {bandwidth: 1MB/s}}
  stages: {map: {reads: files, runs_on: node, service: 1s, transfers: {over: storage, in: 1MB, once: reference}}}
load: {files: {arrivals: every 1h, first: 0s, count: 1, items: 6}}
run: {until: empty}
)");
    // Both nodes fetch at half the bandwidth, two seconds; then each does one a second.
    CHECK(played.times("map", "finish") == "3 3 4 4 5 5");
}

TEST_CASE("a failed link stops what is on its way, and what fails is moved again") {
    const auto played = play(R"(
twin:
  pools: {node: {workers: 1}, storage: {bandwidth: 1MB/s}}
  stages: {copy: {reads: files, runs_on: node, transfers: {over: storage, in: 2MB}}}
load: {files: {arrivals: every 1h, first: 0s, count: 1}}
actions: [{at: 1s, for: 5s, fail: storage}]
run: {until: empty}
)");
    CHECK(played.times("copy", "finish") == "7");
}
