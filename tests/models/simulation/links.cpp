// Promised: what crosses a link takes its size over its part of the bandwidth, besides the service of its stage; an action
// on the bandwidth changes what is under way; a link costs by the hour or by what it carries. Of workers without a number
// those at work cost, and what serves all at once is one machine. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("two that cross a link share it") {
    const auto played = play(R"(
twin: {stages: {send: {reads: files, bandwidth: 8Mbit/s, cost: 2EUR/GB}}}
load:
  first: {arrivals: every 1s, first: 0s, count: 1, size: 4MB, writes: files}
  second: {arrivals: every 1s, first: 2s, count: 1, size: 1MB, writes: files}
run: {until: empty}
measures: [avg utilisation(send), total cost(), total cost(send)]
)");
    // 1 MB/s: 2 MB are left of the first when the second comes; each has half.
    CHECK(played.when("send", "finish") == "2@4 1@5");
    CHECK(played.at("avg utilisation(send)") == 1);
    CHECK(played.at("total cost()") == doctest::Approx(0.01));
    CHECK(played.at("total cost(send)") == doctest::Approx(0.01));
}

TEST_CASE("its bandwidth changes what is under way, and its service comes on top") {
    const auto played = play(R"(
twin:
  pools: {wan: {bandwidth: 1MB/s, cost: 36EUR/h}}
  stages: {send: {reads: files, runs_on: wan, service: 500ms}}
load: {files: {arrivals: every 1s, first: 0s, count: 1, size: 4MB}}
actions:
  - {at: 1s, for: 2s, set: wan.bandwidth, to: 0.5x}
  - {at: 4s, for: 1s, set: wan.bandwidth, to: 0x}
run: {until: empty}
measures: [total cost()]
)");
    // 4.5 s of work: 1 by 1 s, 2 by 3 s, 3 by 4 s and by 5 s, the rest by 6.5 s.
    CHECK(played.when("send", "finish") == "1@6.5");
    CHECK(played.at("total cost()") == doctest::Approx(0.065));
}

TEST_CASE("workers without a number cost while they work, a machine for all as one") {
    const auto played = play(R"(
twin:
  pools: {gpu: {order: shared, speedup: {1: 1, 4: 2}, cost: 3600EUR/h}}
  stages:
    call: {reads: jobs, workers: unlimited, cost: 3600EUR/h, service: 3s}
    infer: {reads: call, runs_on: gpu, service: 1s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 2}}
run: {length: 10s, warm_up: 0s}
measures: [total cost(call), total cost(gpu), total cost(), max busy(call)]
)");
    CHECK(played.at("total cost(call)") == doctest::Approx(6));
    CHECK(played.at("total cost(gpu)") == doctest::Approx(10));
    CHECK(played.at("total cost()") == doctest::Approx(16));
}
