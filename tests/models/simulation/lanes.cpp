// Promised: each partition of a dataset has a line of its own and one worker of each stage that reads it; items are dealt
// in turn, at random or to the shortest, parts of one item to consecutive partitions, the same for all readers; a worker
// with several partitions takes who waited longest; more or fewer workers deal the partitions out again; a cancelled
// item leaves its line. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

auto dealt(const std::string& by, const std::string& workers, const std::string& load) {
    return play(R"(
twin:
  datasets: {dealt: {partitions: 2, by: )" +
                by + R"(}}
  stages: {server: {reads: dealt, workers: )" +
                workers + R"(, service: work}}
load:
  jobs: {)" + load +
                R"(, writes: dealt}
run: {until: empty}
measures: [share saturated(server), avg wait(server), total completed(server)]
)");
}

}  // namespace

TEST_CASE("an item waits for the worker of its partition, beside one that is free") {
    // Dealt in turn: 4 s, 1 s, 4 s, 1 s, ... at 0, 1, 2, 3 s. The third waits for the first until 4 s.
    const auto played =
        dealt("round_robin", "2", "arrivals: every 1s, first: 0s, count: 4, fields: {work: 3s}");
    CHECK(played.when("server", "start") == "1@0 2@1 3@3 4@4");
    CHECK(played.at("avg wait(server)") == 0.5);
}

TEST_CASE("items of one key stay in one partition, and in their order") {
    const auto played =
        dealt("key", "2", "arrivals: every 1s, first: 0s, count: 3, key: 7, fields: {work: 2s}");
    CHECK(played.times("server", "start") == "0 2 4");
}

TEST_CASE("parts of one item go to consecutive partitions") {
    const auto played =
        dealt("round_robin", "2", "arrivals: every 1s, first: 0s, count: 2, items: 2, fields: {work: 2s}");
    CHECK(played.times("server", "start") == "0 0 2 2");
}

TEST_CASE("the shortest counts those at work, and breaks ties at random") {
    // Whoever comes second finds the other partition empty, whichever the first took.
    int first = 0;
    for (int seed = 1; seed <= 40; ++seed) {
        auto prepared = understudy::tests::prepare(R"(
twin:
  datasets: {dealt: {partitions: 2, by: shortest}}
  stages: {server: {reads: dealt, workers: 2, service: 5s}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 2, writes: dealt}}
run: {until: empty}
measures: [avg wait(server)]
)");
        prepared.seed = static_cast<std::uint64_t>(seed);
        const auto played = play(prepared);
        CHECK(played.times("server", "start") == "0 1");
        for (const auto& row : played.rows)
            if (row.event == "start" && row.time == 0) first += row.worker == 0;
    }
    CHECK(first > 8);
    CHECK(first < 32);
}

TEST_CASE("of many partitions none gets a second item while one has none") {
    for (int seed = 1; seed <= 20; ++seed) {
        auto prepared = understudy::tests::prepare(R"(
twin:
  datasets: {dealt: {partitions: 8, by: shortest}}
  stages: {server: {reads: dealt, workers: 8, service: 1h}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 16, writes: dealt}}
run: {length: 1min}
measures: [avg wait(server)]
)");
        prepared.seed = static_cast<std::uint64_t>(seed);
        CHECK(play(prepared).times("server", "start") == "0 1 2 3 4 5 6 7");
    }
}

TEST_CASE("one worker of several partitions takes who waited longest in any of them") {
    const auto played =
        dealt("round_robin", "1", "arrivals: every 1s, first: 0s, count: 4, fields: {work: 2s}");
    CHECK(played.when("server", "start") == "1@0 2@2 3@4 4@6");
}

TEST_CASE("all readers find an item in the same partition") {
    const auto played = play(R"(
twin:
  datasets: {dealt: {partitions: 3, by: random}}
  stages:
    a: {reads: dealt, workers: 3, service: 0s}
    b: {reads: dealt, workers: 3, service: 0s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 30, writes: dealt}}
run: {until: empty}
measures: [total completed()]
)");
    std::string of_a, of_b;
    for (const auto& row : played.rows)
        if (row.event == "start") (row.element == "a" ? of_a : of_b) += std::to_string(row.worker);
    CHECK(of_a == of_b);
    CHECK(of_a.size() == 30);
    for (const char* worker : {"0", "1", "2"}) CHECK(of_a.find(worker) != std::string::npos);
}

TEST_CASE("fewer workers take over the partitions of those that went") {
    const auto played = play(R"(
twin:
  datasets: {dealt: {partitions: 2, by: round_robin}}
  stages: {server: {reads: dealt, workers: 2, service: 2s}}
load: {jobs: {arrivals: every 1h, first: 0s, count: 1, items: 4, writes: dealt}}
actions: [{at: 1s, set: server.workers, to: 1}]
run: {until: empty}
measures: [total interrupted(server)]
)");
    // The second is cut off at 1 s with 1 s left, and came before the third.
    CHECK(played.times("server", "start") == "0 0 2 3 5");
    CHECK(played.times("server", "finish") == "2 3 5 7");
    CHECK(played.at("total interrupted(server)") == 1);
}

TEST_CASE("copies that are no longer wanted leave the lines of their partitions") {
    // Two copies of each; the second job's wait behind the first's until one of those is done.
    const auto played = play(R"(
twin:
  datasets: {copies: {partitions: 2, by: round_robin}}
  stages:
    server: {reads: copies, workers: 2, service: work}
    first: {reads: server, join: {of: parts, needs: 1, rest: cancel}}
load:
  jobs: {arrivals: every 1s, first: 0s, count: 2, items: 2, fields: {work: 4s}, writes: copies}
run: {until: empty}
measures: [avg latency(), total completed(first)]
)");
    CHECK(played.times("server", "start") == "0 0 4 4");
    CHECK(played.times("first", "finish") == "4 8");
    CHECK(played.at("total completed(first)") == 2);
}

TEST_CASE("a join by key finds the partners in the same partition") {
    const auto played = play(R"(
twin:
  datasets: {left: {partitions: 3, by: key}, right: {partitions: 3, by: key}}
  stages: {pair: {reads: [left, right], join: {of: inputs, by: key}, workers: 3, service: 2s}}
load:
  a: {arrivals: every 1s, first: 0s, count: 40, key: zipf(n 5 s 0.1), writes: left}
  b: {arrivals: every 1s, first: 500ms, count: 40, key: zipf(n 5 s 0.1), writes: right}
run: {until: empty}
measures: [total completed(pair)]
)");
    CHECK(played.at("total completed(pair)") > 20);
}
