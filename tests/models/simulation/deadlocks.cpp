// Promised: a circle of workers that wait for each other's places ends the run, named, though arrivals go on;
// where something may still open a place (patience, a free worker, an action, more workers later) nothing is
// called a deadlock. Shown: the smallest such circles and near misses.
#include <doctest/doctest.h>

#include "tests/models/simulation/play.h"

using namespace understudy::tests;

namespace {

std::string circle(const std::string& a, const std::string& more = "") {
    return "\ntwin:\n  stages:\n    a: {reads: [jobs, b], workers: 1, service: 1s, queue: {capacity: 1, "
           "full: block" +
           a +
           "}, writes: {a2: 90%, exit: 10%}}\n    b: {reads: a2, workers: 1, service: 1s, queue: {capacity: "
           "1, full: "
           "block}}\nload: {jobs: {arrivals: poisson(0.3/s)}}\n" +
           more + "run: {length: 2h}\n";
}

}  // namespace

TEST_CASE("two stages that wait for each other's places end the run") {
    const auto played = play(circle(""));
    CHECK(played.outcome.deadlock == std::vector<std::string>{"a", "b"});
    CHECK(played.outcome.end < understudy::kernel::from_seconds(7200));
}

TEST_CASE("three of them, one with two workers on a shared pool") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 2}}
  stages:
    a: {reads: [jobs, c], workers: 1, service: 1s, queue: {capacity: 1, full: block}, writes: {a2: 95%, exit: 5%}}
    b: {reads: a2, runs_on: crew, service: 1s, queue: {capacity: 0, full: block}, writes: b2}
    c: {reads: b2, workers: 1, service: exponential(mean 1s), queue: {capacity: 0, full: block}}
load: {jobs: {arrivals: poisson(0.5/s)}}
run: {length: 10h}
)");
    REQUIRE(played.outcome.deadlock.size() == 3);
    CHECK(played.outcome.deadlock == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("what may still open is no deadlock") {
    // Patience ends waiting, so that a place comes free.
    CHECK(play(circle(", timeout: 1min")).outcome.deadlock.empty());
    // More workers come later.
    const auto helped = play(circle("", "actions: [{at: 1h, set: a.workers, to: 2}]\n"));
    CHECK(helped.outcome.end == understudy::kernel::from_seconds(7200));
    // A line of stages without a way back only holds up.
    const auto line = play(R"(
twin:
  stages:
    a: {reads: jobs, workers: 1, service: 1s, queue: {capacity: 1, full: block}}
    b: {reads: a, workers: 1, service: exponential(mean 2s), queue: {capacity: 0, full: block}}
load: {jobs: {arrivals: poisson(2/s)}}
run: {length: 1h}
)");
    CHECK(line.outcome.deadlock.empty());
    CHECK(line.count("b", "finish") > 1500);
}
