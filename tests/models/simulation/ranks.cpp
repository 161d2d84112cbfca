// Promised: what falls on one instant happens by rank (what is asked `at` it, edits and schedules, ends of service,
// workers' changes, arrivals and returns, closings, expiries, samples), whatever the order of the file; the order in which a file
// declares elements decides nothing at all. Shown: one case for each pair of neighbours, and scenarios whose sections
// are shuffled.
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "play.h"

using understudy::tests::play;
using understudy::tests::Played;

TEST_CASE("1 before 2: an edit at t holds for the work that starts as another ends at t") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 5s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 2}}
actions: [{at: 5s, set: server.service, to: 2s}]
run: {until: empty}
)");
    CHECK(played.times("server", "finish") == "5 7");
}

TEST_CASE("2 before 3: who ends as the workers become fewer is not cut off") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: {steps: {0s: 1, 5s: 0}}, service: 5s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1}}
run: {length: 10s}
)");
    CHECK(played.times("server", "finish") == "5");
    CHECK(played.count("server", "interrupt") == 0);
}

TEST_CASE("3 before 4: a worker that comes at t serves what arrives at t, though another waits") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: {steps: {0s: 0, 3s: 2}}, queue: {capacity: 1, full: drop}, service: 1s}}}
load: {jobs: {arrivals: every 1s, first: 2s, count: 2}}
run: {until: empty}
)");
    CHECK(played.when("server", "start") == "1@3 2@3");
    CHECK(played.count("server", "drop") == 0);
}

TEST_CASE("2 before 4: work that ends at t frees its worker, or a place, for what arrives at t") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, queue: {capacity: 0, full: drop}, service: 2s}}}
load: {jobs: {arrivals: every 2s, first: 0s, count: 5}}
run: {until: empty}
)");
    CHECK(played.times("server", "start") == "0 2 4 6 8");
}

TEST_CASE("4 before 5: what arrives as a batch closes is in it") {
    const auto played = play(R"(
twin: {stages: {pack: {reads: jobs, batch: {items: 9, after: 2s}}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4}}
run: {until: empty}
)");
    REQUIRE(played.count("pack", "close") == 2);
    for (const auto& row : played.rows)
        if (row.event == "close") CHECK(row.value == (row.time == 2 ? 3 : 1));
}

TEST_CASE("5 before 6: a batch that closes as patience ends takes it along") {
    // The batch stands in line from 3, when it closes, and its worker is free then; an item in the line of the same
    // pool whose patience ends at 3 is served first if a worker is free.
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, queue: {timeout: 2s}, service: 3s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 2}}
run: {until: empty}
)");
    // Item 2 comes at 1 and would leave at 3, when item 1 ends.
    CHECK(played.when("server", "start") == "1@0 2@3");
}

TEST_CASE("0 first, 7 last: `at` an instant is what is there as it comes, `at end` once all has happened") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: {steps: {0s: 1, 5s: 3}}, service: 2s}}}
load: {jobs: {arrivals: every 1s, first: 1s, count: 3}}
actions: [{at: 6s, set: server.workers, to: 2}]
run: {length: 9s}
measures: [at 1s present(server), at 3s present(server), at 5s workers(server), at 6s workers(server), at 9s workers(server), at 7s present(server), at end present(server)]
)");
    // Arrivals 1, 2, 3; ends 3, 5, 7.
    CHECK(played.at("at 1s present(server)") == 0);
    CHECK(played.at("at 3s present(server)") == 2);
    CHECK(played.at("at 5s workers(server)") == 1);
    CHECK(played.at("at 6s workers(server)") == 3);
    CHECK(played.at("at 9s workers(server)") == 2);
    CHECK(played.at("at end present(server)") == 0);
    const auto last = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 2s}}}
load: {jobs: {arrivals: every 1s, first: 1s, count: 3}}
run: {length: 3s}
measures: [at 3s present(server), at end present(server)]
)");
    // At 3 s the first leaves and the third comes.
    CHECK(last.at("at 3s present(server)") == 2);
    CHECK(last.at("at end present(server)") == 2);
}

namespace {

std::string mapped(const std::string& section, const std::string& indent,
                   const std::vector<std::string>& entries, const std::vector<std::size_t>& order) {
    std::string text = indent + section + ":\n";
    for (const std::size_t i : order) text += indent + "  " + entries[i] + "\n";
    return text;
}

/// Everything happens on whole seconds, so that instants are full of ties; the same scenario in another order.
std::string tied(const std::vector<std::size_t>& order, const std::vector<std::size_t>& keys) {
    const std::vector<std::string> pools = {"crew: {workers: 3}",
                                            "other: {workers: {steps: {0s: 1, 5s: 2}, period: 10s}}",
                                            "nodes: {workers: 2, cores: 4, memory: 8GiB}"};
    const std::vector<std::string> stages = {
        "parse: {reads: a, runs_on: crew, service: 2s, failure: 20%, retry: {times: 2, backoff: 1s}}",
        "check: {reads: [parse, b], runs_on: {crew: 2}, queue: {capacity: 2, full: block}, service: 1s}",
        "pack: {reads: check, batch: {items: 3, after: 4s}, runs_on: {nodes: {cores: 2}}, service: 3s, "
        "writes: out}"};
    const std::vector<std::string> loads = {"a: {arrivals: every 1s, first: 0s}",
                                            "b: {arrivals: every 2s, first: 0s, items: 2}",
                                            "c: {arrivals: every 3s, first: 0s, writes: b}"};
    const std::vector<std::string> pipelines = {
        "p: {schedule: every 5s, defaults: {runs_on: crew}, tasks: {x: {service: 1s}, y: {after: x, service: "
        "2s}, w: {after: x, service: 2s}}}",
        "q: {schedule: every 5s, tasks: {z: {reads: {out: new}, runs_on: {nodes: {cores: 3}}, service: 2s}}}",
        "r: {schedule: updated out, tasks: {v: {runs_on: other, service: 1s}}}"};
    std::string text = "twin:\n" + mapped("pools", "  ", pools, order) +
                       mapped("stages", "  ", stages, order) + mapped("pipelines", "  ", pipelines, order);
    const std::vector<std::string> sections = {
        text, mapped("load", "", loads, order),
        "actions: [{at: 20s, for: 10s, set: crew.workers, to: 2}, {at: 40s, for: 5s, fail: other}]\n",
        "run: {length: 200s, seed: 5}\n",
        "measures: [avg latency(), avg wait(parse), avg utilisation(crew), avg latency(p), avg "
        "freshness(out)]\n"};
    std::string whole;
    for (const std::size_t key : keys) whole += sections[key];
    return whole;
}

}  // namespace

TEST_CASE("the order of declaration decides nothing") {
    std::vector<std::size_t> order = {0, 1, 2}, keys = {0, 1, 2, 3, 4};
    const Played first = play(tied(order, keys));
    REQUIRE(first.rows.size() > 1000);
    do {
        std::next_permutation(keys.begin(), keys.end());
        const Played other = play(tied(order, keys));
        CHECK(other.outcome.fingerprint == first.outcome.fingerprint);
        CHECK(other.values == first.values);
        CHECK(other.draws == first.draws);
    } while (std::next_permutation(order.begin(), order.end()));
}
