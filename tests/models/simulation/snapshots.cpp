// Promised: a simulation is a value: a copy taken at any instant, and the original after it, end as the uninterrupted
// run does, to the bit: fingerprint, measured values, number of events. A fork that is changed leaves the original
// alone. Shown: one scenario with every mechanism that keeps state, copied at many instants.
#include <doctest/doctest.h>

#include <bit>
#include <string>
#include <vector>

#include "models/simulation/state.h"
#include "play.h"

using namespace understudy;
using understudy::tests::Prepared;

namespace {

const char* const busy = R"(
twin:
  pools:
    crew: {workers: 3, order: priority}
    nodes: {workers: 2, cores: 4, memory: 8GiB, launch: 1s, release: exponential(mean 1s), interrupted: restart}
    lottery: {workers: 1, order: random}
  stages:
    split: {reads: files, emits: {items: 3}}
    parse: {reads: split, runs_on: crew, service: exponential(mean 2s), failure: 10%, retry: {times: 3, backoff: {first: 1s, factor: 2, jitter: 50%}}}
    merge: {reads: parse, join: {of: parts, needs: 2, rest: cancel}, queue: {capacity: 40, full: block}}
    pack: {reads: [merge, small], batch: {items: 4, after: 20s}, runs_on: {nodes: {cores: 2, memory: 3GiB}}, service: 3s + exponential(mean 1s) per item, writes: out}
    check: {reads: out, runs_on: lottery, queue: {capacity: 1, full: block, timeout: exponential(mean 60s)}, service: exponential(mean 15s), timeout: 30s, writes: {again: 20%, exit: 80%}}
    redo: {reads: again, runs_on: lottery, service: exponential(mean 1s)}
  pipelines:
    p:
      schedule: every 1min
      max_active_runs: 2
      max_active_tasks: 3
      timeout: 3min
      tasks:
        x: {reads: {out: new}, runs_on: crew, service: 5s + 1s per record, failure: 20%, retry: {times: 1, backoff: 5s}, expand: 2}
        y: {after: x, runs_on: {crew: 2}, service: exponential(mean 20s)}
        z: {after: [x, y], trigger_rule: all_done, runs_on: {nodes: {cores: 4}}, service: exponential(mean 10s), writes: report}
load:
  files: {arrivals: poisson(6/min), priority: 3, size: exponential(mean 1GB)}
  small: {arrivals: every exponential(mean 9s), fields: {work: exponential(mean 1s)}}
  people: {users: 3, think: exponential(mean 30s), writes: small}
actions:
  - {name: surge, at: 5min, for: 4min, set: load, to: 2x}
  - {every: every 6min, for: 20s, fail: crew}
  - {at: 8min, for: 1min, pause: p}
run: {length: 20min, warm_up: 2min, seed: 11}
measures: [avg latency(), p(95) latency(), avg present(), avg utilisation(crew), avg utilisation(nodes), p(90) wait(parse), avg latency(p), share lost(check), avg freshness(out) during surge, max waiting(lottery), share landed(report) by +2min, at end present(), var present()]
)";

struct End {
    std::uint64_t fingerprint, events;
    std::vector<std::uint64_t> values;
    bool operator==(const End&) const = default;
};

End end_of(models::Simulation& simulation) {
    models::State& state = simulation.state();
    simulation.run_until(state.model().length);
    state.finish(simulation);
    state.check_conservation(simulation);
    End end{state.fingerprint(), simulation.events_handled(), {}};
    for (models::Index probe = 0; probe < state.model().probes.size(); ++probe)
        end.values.push_back(
            std::bit_cast<std::uint64_t>(state.meter().value(probe, simulation.now()).value_or(-1.0)));
    return end;
}

models::Simulation started(const Prepared& prepared) {
    models::Simulation simulation(models::State(prepared.model, prepared.seed, 0, nullptr, nullptr));
    simulation.state().start(simulation, prepared.warm_up);
    return simulation;
}

}  // namespace

TEST_CASE("a copy and its original both end as the uninterrupted run") {
    const Prepared prepared = tests::prepare(busy);
    models::Simulation whole = started(prepared);
    const End end = end_of(whole);
    // The mechanisms are in use, or the test would say nothing.
    REQUIRE(end.events > 1500);

    models::Simulation original = started(prepared);
    for (int step = 0; step < 40; ++step) {
        original.run_events(end.events / 41, prepared.model->length);
        models::Simulation copy = original;
        copy.state().check_conservation(copy);
        CHECK(end_of(copy) == end);
    }
    CHECK(end_of(original) == end);
}

TEST_CASE("every replication is the one its index says, on its own") {
    const Prepared prepared = tests::prepare(busy);
    const auto first = tests::play(prepared, 0), second = tests::play(prepared, 1);
    CHECK(first.outcome.fingerprint != second.outcome.fingerprint);
    CHECK(tests::play(prepared, 1).outcome.fingerprint == second.outcome.fingerprint);
    // A trace that is listened to changes nothing.
    models::Simulation silent = started(prepared);
    CHECK(end_of(silent).fingerprint == first.outcome.fingerprint);
}

TEST_CASE("the scenario of this test exercises what it claims to") {
    const auto played = tests::play(busy);
    for (const std::string event :
         {"arrive", "enter", "start", "finish", "fail", "retry", "interrupt", "gather", "close", "land",
          "due", "begin", "end", "act", "block", "expire"}) {
        INFO(event);
        int count = 0;
        for (const auto& row : played.rows) count += row.event == event ? 1 : 0;
        CHECK(count > 0);
    }
}
