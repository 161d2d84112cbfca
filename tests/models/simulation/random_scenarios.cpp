// Promised: any scenario that passes the checks runs to its end with everything accounted for (the simulation
// aborts otherwise), and gives the same to the bit on one thread and on two, from a snapshot in its middle, and
// from what its trace says was drawn; and measures the same where what a measure does not depend on is left out.
// Shown: some hundreds of scenarios put together at random from all mechanisms, each from a fixed seed. A failure shows the
// scenario. UNDERSTUDY_SCENARIOS=N tries N of them, UNDERSTUDY_FIRST_SCENARIO=N begins with another,
// UNDERSTUDY_KEEP_SCENARIO=FILE keeps the last one begun.
#include <doctest/doctest.h>

#include <bit>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "models/simulation/replication.h"
#include "models/simulation/state.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/run.h"

using namespace understudy;

namespace {

class Generator {
public:
    explicit Generator(std::uint64_t seed)
        : stream_(kernel::stream_key(seed, 0, "scenario", kernel::Purpose::other)) {}

    std::string scenario() {
        const int stages = number(1, 5), pipelines = number(0, 2);
        loads_ = number(pipelines == 0 ? 1 : 0, 3);
        std::string text = "understudy: 1\nscenario: random\ntwin:\n  pools:\n";
        text += "    crew: {workers: " + std::to_string(number(2, 5)) + ", order: " + order() + backfill() +
                cut_off() + outages() + "}\n";
        text += "    pollers: {workers: " + std::to_string(number(1, 3)) + ", poll: " + law_of_time() +
                cut_off() + outages() + "}\n";
        text += "    elastic: {workers: " + pick({"0..3", "1..4", "1..2"}) + ", scale: {" +
                pick({"waiting: 1}, keep_alive: 4s", "waiting: 2}", "lag: 3, every: 7s}",
                      "lag: 2, every: 5s, cooldown: 12s, step: 1, pause: 2s}"}) +
                pick({"", ", start_up: 3s", ", start_up: exponential(mean 5s)"}) + ", order: " + order() +
                backfill() + cut_off() + outages() + "}\n";
        text += "    round: {workers: " + std::to_string(number(1, 2)) + ", order: cyclic" +
                pick({"", ", switch: 1s", ", switch: exponential(mean 2s)"}) +
                pick({"", ", visits: gated", ", visits: 2"}) + cut_off() + outages() + "}\n";
        text += "    shares: {workers: " + std::to_string(number(1, 3)) + ", order: fair" +
                (loads_ > 0 && one_in(2) ? ", weights: {load0: 3}" : "") + backfill_any() + cut_off() +
                outages() + "}\n";
        text += "    common: {order: shared, workers: " + pick({"1", "2", "unlimited"}) +
                (one_in(3) ? ", speedup: {1: 1, 4: 2.5}" : "") + cut_off() + "}\n";
        text += "    turns: {workers: {steps: {0s: " + std::to_string(number(1, 3)) +
                ", 40s: " + std::to_string(number(0, 2)) + "}, period: 100s" + pick({"", ", leave: done"}) +
                "}, order: " + order() + cut_off() + "}\n";
        text += "    nodes: {workers: " + std::to_string(number(1, 3)) +
                ", cores: 4, memory: 8GiB, placement: " + pick({"spread", "pack", "first"}) +
                ", order: " + order() + backfill() + cut_off() +
                (one_in(4) ? ", launch: exponential(mean 1s)" : "") + (one_in(4) ? ", release: 2s" : "") +
                outages() + "}\n";
        text += "  budgets:\n    quota: {capacity: 4, refill: " +
                pick({"every 1s", "2/s", "poisson(1/s)", "{amount: 4, every: every 3s}"}) +
                "}\n    stock: {capacity: unlimited, initial: 9, refill: {at_most: 5, amount: 7, after: " +
                pick({"0s", "2s", "exponential(mean 3s)"}) + "}}\n";
        streams_.clear();
        partitioned_.clear();
        for (int i = 0; i < loads_; ++i) streams_.push_back("load" + std::to_string(i));
        std::string body, readers;
        for (int i = 0; i < stages && !streams_.empty(); ++i) body += stage(i);
        if (!partitioned_.empty()) text += "  datasets:\n" + partitioned_;
        if (!body.empty()) text += "  stages:\n" + body;
        if (pipelines > 0) {
            text += "  pipelines:\n";
            for (int i = 0; i < pipelines; ++i) text += pipeline(i);
        }
        if (loads_ > 0) {
            text += "load:\n";
            for (int i = 0; i < loads_; ++i) text += load(i);
        }
        text += actions(body.empty() ? 0 : stages);
        text += "run: {length: 400s, replications: 4, warm_up: " + std::string(one_in(2) ? "50s" : "0s") +
                ", seed: " + std::to_string(number(1, 1000000)) + "}\n";
        // Ages keep births that others do not need.
        if (one_in(4)) text += "measures: [avg age(), p(90) age()" + pick({"", ", max age(stage0)"}) + "]\n";
        return text;
    }

private:
    int number(int low, int high) { return low + static_cast<int>(stream_.uniform() * (high - low + 1)); }
    bool one_in(int n) { return number(1, n) == 1; }
    std::string pick(const std::vector<std::string>& words) {
        return words[static_cast<std::size_t>(number(0, static_cast<int>(words.size()) - 1))];
    }
    std::string order() {
        return pick({"fifo", "fifo", "lifo", "priority", "shortest", "deadline", "random",
                     "lifo, preempt: true", "priority, preempt: true", "shortest, preempt: true",
                     "deadline, preempt: true"});
    }
    std::string backfill_any() { return one_in(3) ? ", backfill: any" : ""; }
    std::string backfill() { return one_in(2) ? pick({", backfill: any", ", backfill: easy"}) : ""; }
    std::string cut_off() { return ", interrupted: " + pick({"resume", "restart", "lose"}); }
    std::string outages() {
        if (!one_in(3)) return "";
        const auto how = [&] {
            return pick({"", ", takes: all", ", interrupted: lose", ", interrupted: restart"});
        };
        std::string text = ", outages: {";
        if (one_in(2)) text += "crash: {up: " + law_of_time() + ", for: " + law_of_time() + how() + "}, ";
        if (one_in(2)) text += "wear: {up: " + law_of_time() + ", clock: busy, for: 5s" + how() + "}, ";
        return text + "patch: {every: every " + pick({"30s", "7s"}) + ", for: " + law_of_time() + how() +
               "}}";
    }
    std::string law_of_time() { return pick({"5s", "exponential(mean 20s)", "uniform(1s..9s)"}); }
    /// Constants make ties, which the others never do.
    std::string law() {
        return pick({"1s", "2s", "0s", "3s", "exponential(mean 2s)", "uniform(0s..4s)", "erlang(k 2 mean 3s)",
                     "mix(80% 1s or 20% 10s)", "1s per record", "500ms + exponential(mean 1s) per GiB"});
    }
    /// Of a stage, whose items have fields.
    std::string law_with_fields() { return one_in(5) ? pick({"work", "work + 1s", "2s per grade"}) : law(); }
    std::string needs() {
        return pick({"crew", "crew", "{crew: 2}", "turns", "common", "pollers", "elastic", "round", "round",
                     "shares", "{elastic: 1, crew: 1}", "{crew: 1, turns: 1}", "{nodes: {cores: 1}}",
                     "{nodes: {cores: 2, memory: 3GiB}}", "{nodes: {cores: 4}}",
                     "{nodes: {cores: 1}, crew: 1}"});
    }
    std::string work(bool of_items = false) {
        const std::string service = of_items ? law_with_fields() : law();
        std::string text = one_in(3)
                               ? "workers: " + pick({"1", "2", "3", "unlimited"}) + ", service: " + service
                               : "runs_on: " + needs() + ", service: " + service;
        if (one_in(3)) text += ", failure: " + pick({"5%", "30%", "60%"});
        if (one_in(6)) text += ", timeout: " + pick({"2s", "3s", "8s"});
        if (one_in(5)) text += ", spends: " + pick({"quota", "{quota: 2}", "{quota: 1, stock: 3}", "stock"});
        if (one_in(4)) text += ", priority: " + std::to_string(number(0, 3));
        return text;
    }
    std::string retry() {
        return one_in(2) ? ", retry: {times: " + std::to_string(number(1, 4)) + ", backoff: " +
                               pick({"1s", "exponential(mean 3s)", "[1s, 4s]",
                                     "{first: 1s, factor: 2, jitter: 50%}"}) +
                               "}"
                         : "";
    }
    std::string stage(int i) {
        const std::string name = "stage" + std::to_string(i);
        if (one_in(5)) return dealt(name);
        std::string reads = pick(streams_);
        if (one_in(3)) {
            const std::string second = pick(streams_);
            if (second != reads) reads += ", " + second;
        }
        std::string text = "    " + name + ": {reads: [" + reads + "]";
        const int gathers = number(1, 9);
        if (gathers == 1)
            text +=
                ", batch: {items: " + std::to_string(number(2, 4)) + (one_in(2) ? ", after: 10s" : "") + "}";
        if (gathers == 2)
            text += ", join: {of: parts" + pick({"", ", needs: 1", ", needs: 2, rest: cancel"}) + "}";
        if (gathers == 3 && reads.find(',') != std::string::npos)
            text += ", join: {of: inputs" +
                    pick({"", ", by: key", ", within: 4s", ", by: key, within: 3s, unmatched: pass"}) + "}";
        if (gathers == 4) text += ", batch: {records: 3, size: 2GiB, after: 5s}";
        if (gathers == 5)
            text += ", window: {size: 4s" + pick({"", ", every: 2s", ", lateness: 1s", ", by: key"}) + "}";
        const bool passes = one_in(6);
        if (!passes) text += ", " + work(true) + retry() + pick({"", "", "", ", take: 3"});
        if (!passes && one_in(6)) text += ", holds_until: " + pick({"exit", "stage0", "stage1"});
        if (passes && one_in(3)) text += ", spends: {quota: " + std::to_string(number(1, 3)) + "}";
        const int queues = number(1, 6);
        if (queues == 1) text += ", queue: {capacity: " + std::to_string(number(0, 4)) + ", full: block}";
        if (queues == 2) text += ", queue: {capacity: " + std::to_string(number(0, 4)) + ", full: drop}";
        if (queues == 3 && !passes)
            text += ", queue: {timeout: " + pick({"3s", "exponential(mean 5s)"}) + "}";
        if (one_in(4))
            text += ", emits: {items: " + std::to_string(number(1, 3)) + ", size: 50%, records: 90%" +
                    changes() + "}";
        if (one_in(8) && i > 0) text += ", dead_letter: bin" + std::to_string(i);
        switch (number(1, 7)) {
            case 7:
                text +=
                    ", writes: {" + name + "_a: " +
                    pick({"grade < 0.4", "0.2 <= grade < 0.5 or grade > 0.9", "size < 1GiB", "work >= 2s"}) +
                    ", " + name + "_b: else}";
                streams_.push_back(name + "_a");
                streams_.push_back(name + "_b");
                break;
            case 1:
                text += ", writes: {" + name + "_a: 60%, " + name + "_b: 40%}";
                streams_.push_back(name + "_a");
                streams_.push_back(name + "_b");
                break;
            case 2:
                text += ", writes: [" + name + "_a, " + name + "_b]";
                streams_.push_back(name + "_a");
                streams_.push_back(name + "_b");
                break;
            case 3:
                text += ", writes: {" + name + "_a: 70%, exit: 30%}" + pick({"", "", ", route: split"});
                shares_ = shares_ || i == 0;
                streams_.push_back(name + "_a");
                break;
            case 4:
                text += ", writes: [" + name + "_a, " + name +
                        "_b], route: " + pick({"round_robin", "shortest", "key"});
                streams_.push_back(name + "_a");
                streams_.push_back(name + "_b");
                break;
            default: streams_.push_back(name);
        }
        return text + "}\n";
    }
    std::string changes() {
        return pick({"", "", ", fields: {work: exponential(mean 3s)}",
                     ", fields: {grade: uniform(0..1), work: work + 1s}", ", key: zipf(n 3 s 0)",
                     ", key: grade, priority: geometric(mean 2)"});
    }
    /// Passes on to the partitions of a dataset, which the stage reads.
    std::string dealt(const std::string& name) {
        const std::string lanes = name + "_lanes";
        partitioned_ += "    " + lanes + ": {partitions: " + std::to_string(number(1, 4)) +
                        ", by: " + pick({"round_robin", "random", "shortest", "key"}) +
                        pick({"", "", ", retention: 3s"}) + "}\n";
        std::string text = "    " + name + "_deal: {reads: " + pick(streams_) + ", writes: " + lanes + "}\n";
        text += "    " + name + ": {reads: " + lanes +
                ", workers: " + pick({"1", "2", "3", "{steps: {0s: 1, 60s: 3, 120s: 0}, period: 200s}"}) +
                cut_off() + outages() + ", service: " + law() + retry_of_failures() +
                pick({"", "", ", take: 2"}) + (one_in(4) ? ", spends: quota" : "") +
                pick({"", ", queue: {capacity: 2, full: block}", ", queue: {timeout: 4s}"}) + "}\n";
        streams_.push_back(name);
        return text;
    }
    std::string retry_of_failures() { return one_in(3) ? ", failure: 30%" + retry() : ""; }
    std::string pipeline(int i) {
        std::vector<std::string> schedules = {"once", "every 20s", "every 50s", "every 7s"};
        if (!streams_.empty()) {
            schedules.push_back("each " + streams_.front());
            schedules.push_back("updated " + streams_.back());
        }
        std::string text = "    line" + std::to_string(i) + ":\n      schedule: " + pick(schedules) + "\n";
        if (one_in(2)) text += "      max_active_runs: " + std::to_string(number(1, 3)) + "\n";
        if (one_in(3)) text += "      max_active_tasks: " + std::to_string(number(1, 3)) + "\n";
        if (one_in(3)) text += "      timeout: " + pick({"5s", "10s", "30s"}) + "\n";
        if (one_in(3)) text += "      catchup: true\n";
        text += "      tasks:\n";
        const int tasks = number(1, 5);
        for (int t = 0; t < tasks; ++t) {
            const bool looks = one_in(6) && !streams_.empty();
            text += "        t" + std::to_string(t) + ": {" +
                    (looks ? pick({"runs_on: crew, ", ""}) + "timeout: 20s, waits_for: " +
                                 pick({"updated " + streams_.back(), "present() < 3",
                                       "freshness(" + streams_.back() + ") < 5s"}) +
                                 pick({"", ", poke: 2s", ", poke: 2s, mode: poke"})
                           : work() + retry());
            std::string after;
            int before = 0;
            for (int b = 0; b < t; ++b)
                if (one_in(2)) {
                    after += (after.empty() ? "t" : ", t") + std::to_string(b);
                    ++before;
                }
            if (before > 0) {
                text += ", after: [" + after + "], trigger_rule: " +
                        pick({"all_success", "all_success", "all_done", "one_success", "none_failed",
                              "quorum 1"});
                if (one_in(4)) text += ", rest: cancel";
            }
            if (looks) {
                text += "}\n";
                continue;
            }
            if (one_in(4)) text += ", expand: " + std::to_string(number(2, 4));
            if (one_in(5)) text += ", delay: 1s";
            if (one_in(5)) text += ", not_before: 3s";
            if (!streams_.empty() && one_in(3))
                text += ", reads: {" + streams_.back() + ": " + pick({"new", "all"}) + "}";
            if (one_in(3))
                text +=
                    ", writes: made" + std::to_string(i) + std::to_string(t) +
                    pick({"",
                          ", emits: {items: 2, records: 50%, fields: {work: exponential(mean 1s)}, key: 2}"});
            if (one_in(5)) text += ", dead_letter: failed" + std::to_string(i);
            if (one_in(6)) text += ", holds_until: exit";
            text += "}\n";
        }
        return text;
    }
    std::string load(int i) {
        std::string text = "  load" + std::to_string(i) + ": {";
        switch (number(1, 6)) {
            case 6:
                text +=
                    "arrivals: {states: {calm: {rate: 0.1/s, stay: exponential(mean 20s), next: {burst: 70%, "
                    "still: 30%}}, burst: {rate: 1/s, stay: " +
                    pick({"5s", "exponential(mean 5s)"}) +
                    ", next: {still: 50%, calm: 50%}}, still: {rate: 0/s, stay: 7s, next: {calm: 100%}}}}";
                break;
            case 1: text += "arrivals: every " + pick({"2s", "5s"}) + ", first: 0s"; break;
            case 2: text += "arrivals: every exponential(mean 3s)"; break;
            case 3: text += "users: " + std::to_string(number(1, 4)) + ", think: exponential(mean 5s)"; break;
            default: text += "arrivals: poisson(" + pick({"0.1", "0.3", "1"}) + "/s)";
        }
        if (one_in(3)) text += ", items: " + pick({"2", "geometric(mean 2)"});
        if (one_in(3)) text += ", size: exponential(mean 1GiB)";
        if (one_in(3)) text += ", records: " + std::to_string(number(1, 3));
        if (one_in(3)) text += ", priority: " + std::to_string(number(0, 3));
        if (one_in(3)) text += ", deadline: " + pick({"5s", "20s"});
        text += ", key: " + pick({"zipf(n 3 s 1)", "1"}) +
                ", fields: {work: exponential(mean 2s), grade: uniform(0..1)}";
        if (one_in(6)) text += ", delay: exponential(mean 2s)";
        if (one_in(6)) text += ", count: " + std::to_string(number(1, 30));
        return text + "}\n";
    }
    std::string actions(int stages) {
        std::string text;
        auto add = [&](const std::string& action) { text += "  - {" + action + "}\n"; };
        if (one_in(3)) add("at: 100s, for: 30s, fail: " + pick({"crew", "turns", "nodes", "common"}));
        if (one_in(3)) add("at: 120s, for: 40s, set: crew.workers, to: " + pick({"1", "2x", "0.5x", "0"}));
        if (one_in(5)) add("at: 140s, for: 60s, set: elastic.workers, to: " + pick({"1", "0"}));
        if (one_in(5)) add("at: 130s, for: 40s, set: common.workers, to: " + pick({"1", "3", "0"}));
        if (one_in(4)) add("every: every 60s, for: 5s, fail: " + pick({"crew", "turns", "nodes"}));
        if (one_in(3) && loads_ > 0) add("at: 200s, for: 50s, set: load, to: 3x");
        if (one_in(4) && loads_ > 0) add("at: 250s, for: 20s, pause: load0");
        if (one_in(5)) add("when: waiting(crew) >= 2" + pick({"", " for 3s"}) + ", for: 9s, fail: turns");
        if (one_in(5) && loads_ > 0) add("when: freshness(load0) > 4s, alert: stale");
        if (one_in(5)) add("when: present() >= 5, alert: many");
        if (one_in(5)) add("when: age() > 9s" + pick({"", " for 2s"}) + ", alert: old");
        if (one_in(6) && stages > 0) add("when: age(stage0) >= 5s for 1s, for: 9s, fail: turns");
        if (one_in(4) && stages > 0) add("at: 150s, for: 20s, pause: stage0");
        if (one_in(4) && shares_)
            add("at: 160s, for: 60s, set: stage0.writes, to: {stage0_a: 20%, exit: 80%}");
        return text.empty() ? "" : "actions:\n" + text;
    }

    kernel::Stream stream_;
    int loads_ = 0;
    std::vector<std::string> streams_;
    std::string partitioned_;  ///< datasets
    bool shares_ = false;      ///< stage0 has some that an action may set
};

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

void check_same(const studies::RunResult& a, const studies::RunResult& b) {
    CHECK(a.fingerprint == b.fingerprint);
    CHECK(a.events == b.events);
    REQUIRE(a.metrics.size() == b.metrics.size());
    for (std::size_t m = 0; m < a.metrics.size(); ++m)
        for (std::size_t r = 0; r < a.metrics[m].by_replication.size(); ++r) {
            INFO(a.metrics[m].name);
            CHECK(same_bits(a.metrics[m].by_replication[r], b.metrics[m].by_replication[r]));
        }
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// The middle of replication 1 is copied; both go on and end as that replication does, followed in parts.
void check_snapshot(const std::shared_ptr<const models::Model>& model, std::uint64_t seed,
                    kernel::Time warm_up) {
    auto ended = [&](models::Simulation& simulation) {
        simulation.run_until(model->length);
        simulation.state().finish(simulation);
        simulation.state().check_conservation(simulation);
        return simulation.state().fingerprint();
    };
    models::Simulation simulation(models::State(model, seed, 0, nullptr, nullptr));
    simulation.state().start(simulation, warm_up);
    simulation.run_until(model->length / 2);
    simulation.state().check_conservation(simulation);
    models::Simulation copy = simulation;
    const std::uint64_t of_copy = ended(copy);
    CHECK(of_copy == ended(simulation));
    models::ReplicationOptions options;
    options.seed = seed;
    options.warm_up = warm_up;
    options.parts = 29;
    const auto outcome = models::run_replication(model, options);
    REQUIRE(outcome.has_value());
    CHECK(outcome->fingerprint == of_copy);
    for (models::Index probe = 0; probe < outcome->values.size(); ++probe) {
        INFO(model->probes[probe].measure.text);
        const auto value = simulation.state().meter().value(probe, simulation.now());
        REQUIRE(value.has_value() == outcome->values[probe].has_value());
        if (value) CHECK(same_bits(*value, *outcome->values[probe]));
        kernel::Part all;
        for (const kernel::Part& part : outcome->parts[probe]) {
            all.sum += part.sum;
            all.base += part.base;
        }
        // Who still waits at the end has waited as well, and is counted last.
        if (all.base > 0 && value && model->probes[probe].measure.metric != models::Metric::waited)
            CHECK(all.sum / all.base == doctest::Approx(*value).epsilon(1e-9));
    }
}

class DrawRecorder : public models::TraceListener {
public:
    explicit DrawRecorder(models::RecordedDraws& into) : into_(into) {}
    void heard(const models::TraceRow&) override {}
    void heard(const models::TraceDraw& draw) override {
        const auto known =
            into_.find(draw.element, static_cast<kernel::Purpose>(draw.purpose), draw.identity, draw.attempt);
        ambiguous = ambiguous || (known && *known != draw.value);
        into_.add(draw);
    }
    bool ambiguous = false;

private:
    models::RecordedDraws& into_;
};

/// What a run has drawn is enough to run it again, even with the generators of another seed.
void check_recording(const std::shared_ptr<const models::Model>& model, std::uint64_t seed) {
    models::RecordedDraws recorded;
    DrawRecorder recorder(recorded);
    models::ReplicationOptions options;
    options.seed = seed;
    options.sink = &recorder;
    const auto first = models::run_replication(model, options);
    // No two draws share an address, or what is recorded could not tell them apart.
    CHECK_FALSE(recorder.ambiguous);
    options.seed = seed + 1;
    options.sink = nullptr;
    options.recorded = &recorded;
    const auto again = models::run_replication(model, options);
    REQUIRE(first.has_value());
    REQUIRE(again.has_value());
    CHECK(again->draws_missing == 0);
    CHECK(again->fingerprint == first->fingerprint);
    for (std::size_t probe = 0; probe < first->values.size(); ++probe)
        CHECK(same_bits(first->values[probe].value_or(-1), again->values[probe].value_or(-1)));
}

/// A run that leaves out what a measure does not depend on measures the same. Gives how much it left out.
std::size_t check_partial(models::Scenario scenario, std::size_t metric) {
    models::Problems problems;
    studies::RunOptions options;
    options.threads = 1;
    const auto all = studies::prepare(scenario, problems);
    REQUIRE(all.has_value());
    scenario.measures = {all->measures[metric]};
    const auto whole = studies::prepare(scenario, problems);
    scenario.run.detail = models::Detail::partial;
    const auto partial = studies::prepare(std::move(scenario), problems);
    REQUIRE(whole.has_value());
    REQUIRE(partial.has_value());
    const auto full = studies::run(*whole, options).metrics.front();
    const auto part = studies::run(*partial, options).metrics.front();
    INFO("partial, for ", full.name);
    REQUIRE(part.name == full.name);
    for (std::size_t r = 0; r < full.by_replication.size(); ++r)
        CHECK(same_bits(part.by_replication[r], full.by_replication[r]));
    return partial->aggregated.size();
}

}  // namespace

TEST_CASE("random scenarios conserve items, do not depend on threads, and can be copied") {
    const std::uint64_t first = from_environment("UNDERSTUDY_FIRST_SCENARIO", 1);
    const std::uint64_t count = from_environment("UNDERSTUDY_SCENARIOS", 300);
    std::uint64_t ran = 0, recorded = 0, events = 0, partial = 0, left_out = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const std::string text = Generator(seed).scenario();
        INFO("scenario ", seed);
        INFO(text);
        // A crash leaves no message of the test's: the scenario that caused it is here.
        if (const char* file = std::getenv("UNDERSTUDY_KEEP_SCENARIO")) std::ofstream(file) << text;
        const auto reading = formats::read_scenario(text, "random.yaml");
        if (!reading.scenario) {
            // Put together badly (a stream that nobody writes, a need no pool can meet): refused, never run.
            CHECK(reading.diagnostics.has_errors());
            continue;
        }
        models::Problems problems;
        const auto prepared = studies::prepare(*reading.scenario, problems);
        if (!prepared) continue;
        ++ran;
        studies::RunOptions one, two;
        one.threads = 1;
        two.threads = 2;
        const auto result = studies::run(*prepared, one);
        CHECK(result.replications_done == 4);
        check_same(result, studies::run(*prepared, two));
        if (result.warnings.empty())
            check_snapshot(prepared->model, reading.scenario->run.seed,
                           reading.scenario->run.warm_up.value_or(0));
        // The choice of a random order is made by the seed, not drawn for an item.
        if (text.find("order: random") == std::string::npos) {
            check_recording(prepared->model, reading.scenario->run.seed);
            ++recorded;
        }
        events += result.events;
        const std::size_t metric = seed * 7919 % result.metrics.size();
        if (!result.metrics[metric].element.empty()) {
            left_out += check_partial(*reading.scenario, metric) > 0 ? 1 : 0;
            ++partial;
        }
    }
    CHECK(ran > count / 2);  // or the generator has forgotten the language
    CHECK(recorded > count / 4);
    CHECK(events > 100 * count);
    CHECK(left_out > partial / 3);
    MESSAGE(ran, " of ", count, " scenarios ran, ", events, " events; in ", left_out, " of ", partial,
            " something did not matter");
}
