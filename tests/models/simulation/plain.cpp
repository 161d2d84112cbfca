// Promised: the plain path (models/compile/plain.h) gives the same bytes as the full one, so that it is no second
// semantics. Shown: every scenario of tests/theory and random networks of plain stages are run on both paths;
// values, series, traces, fingerprints and numbers of events are equal, a copy made on the plain path in the middle of
// a run ends as the run itself, and both kinds of stages occur side by side. Followed in parts, a replication gives the
// same on either path, and the parts of an average are those of its value. Quantiles that
// are kept once are compared with each by itself.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "models/simulation/replication.h"
#include "models/simulation/state.h"
#include "tests/source_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/run.h"

using namespace understudy;

namespace {

std::shared_ptr<const models::Model> model_of(const models::Scenario& scenario) {
    models::Problems problems;
    const auto prepared = studies::prepare(scenario, problems);
    return prepared ? prepared->model : nullptr;
}

/// All that a trace has, in words that compare.
struct Told : models::TraceListener {
    std::vector<std::uint64_t> rows, draws;
    void heard(const models::TraceRow& row) override {
        rows.insert(rows.end(),
                    {static_cast<std::uint64_t>(row.time), row.item, row.element,
                     static_cast<std::uint64_t>(row.event), row.attempt,
                     static_cast<std::uint64_t>(row.worker), std::bit_cast<std::uint64_t>(row.value)});
    }
    void heard(const models::TraceDraw& draw) override {
        draws.insert(draws.end(), {draw.identity, draw.element, draw.purpose, draw.attempt,
                                   std::bit_cast<std::uint64_t>(draw.value)});
    }
};

models::ReplicationOutcome outcome_of(const std::shared_ptr<const models::Model>& model, std::uint64_t seed,
                                      kernel::Time warm_up, bool full, models::TraceSink* sink = nullptr,
                                      std::size_t parts = 0) {
    models::ReplicationOptions options;
    options.seed = seed;
    options.index = 3;
    options.warm_up = warm_up;
    options.full = full;
    options.sink = sink;
    options.parts = parts;
    auto outcome = models::run_replication(model, options);
    REQUIRE(outcome.has_value());
    return std::move(*outcome);
}

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

void compare_followed(const std::shared_ptr<const models::Model>& model, std::uint64_t seed,
                      kernel::Time warm_up, const models::ReplicationOutcome& alone) {
    constexpr std::size_t parts = 37;
    const auto full = outcome_of(model, seed, warm_up, true, nullptr, parts),
               plain = outcome_of(model, seed, warm_up, false, nullptr, parts);
    for (const auto* followed : {&full, &plain}) {
        CHECK(followed->fingerprint == alone.fingerprint);
        CHECK(followed->events == alone.events);
        CHECK(followed->end == alone.end);
        CHECK(followed->stopped == alone.stopped);
    }
    for (std::size_t i = 0; i < alone.values.size(); ++i) {
        const models::ProbeRow& row = model->probes[i];
        INFO(row.measure.text);
        for (const auto* followed : {&full, &plain}) {
            REQUIRE(followed->values[i].has_value() == alone.values[i].has_value());
            if (alone.values[i]) CHECK(same_bits(*followed->values[i], *alone.values[i]));
            CHECK(followed->series[i].size() == alone.series[i].size());
            const auto& seen = followed->observed[i];
            REQUIRE(seen.has_value() == alone.observed[i].has_value());
            if (seen) CHECK(same_bits(seen->mean, alone.observed[i]->mean));
            if (seen) CHECK(same_bits(seen->squares, alone.observed[i]->squares));
        }
        CHECK(alone.parts[i].empty());
        CHECK(plain.parts[i] == full.parts[i]);
        const bool has_parts = row.is_steady_average() && model->length != kernel::never &&
                               full.stopped.empty() && std::isfinite(alone.values[i].value_or(0));
        REQUIRE(full.parts[i].size() == (has_parts ? parts : 0));
        kernel::Part all;
        for (const kernel::Part& part : full.parts[i]) {
            CHECK(part.base >= 0);
            all.sum += part.sum;
            all.base += part.base;
        }
        // Who still waits at the end has waited as well, and is counted last.
        if (!has_parts || row.measure.metric == models::Metric::waited) continue;
        CHECK((all.base > 0) == alone.values[i].has_value());
        if (all.base > 0) CHECK(all.sum / all.base == doctest::Approx(*alone.values[i]).epsilon(1e-9));
    }
}

void compare(const std::shared_ptr<const models::Model>& model, std::uint64_t seed, kernel::Time warm_up) {
    const auto full = outcome_of(model, seed, warm_up, true), plain = outcome_of(model, seed, warm_up, false);
    CHECK(plain.fingerprint == full.fingerprint);
    CHECK(plain.events == full.events);
    CHECK(plain.end == full.end);
    CHECK(plain.items_left == full.items_left);
    for (std::size_t i = 0; i < full.values.size(); ++i) {
        INFO(model->probes[i].measure.text);
        REQUIRE(plain.values[i].has_value() == full.values[i].has_value());
        if (full.values[i]) CHECK(same_bits(*plain.values[i], *full.values[i]));
        REQUIRE(plain.series[i].size() == full.series[i].size());
        for (std::size_t k = 0; k < full.series[i].size(); ++k)
            CHECK(same_bits(plain.series[i][k], full.series[i][k]));
    }
    compare_followed(model, seed, warm_up, full);
    // Told of each item, both paths say the same, and what they measure is what they measured untold.
    Told by_full, by_plain;
    outcome_of(model, seed, warm_up, true, &by_full);
    const auto traced = outcome_of(model, seed, warm_up, false, &by_plain);
    CHECK(!by_plain.rows.empty());
    CHECK(by_plain.rows == by_full.rows);
    CHECK(by_plain.draws == by_full.draws);
    CHECK(traced.fingerprint == full.fingerprint);
    for (std::size_t i = 0; i < full.values.size(); ++i)
        if (full.values[i]) CHECK(same_bits(traced.values[i].value_or(-1), *full.values[i]));
}

/// A network whose stages are all plain, or nearly all, with measures of every kind.
class Network {
public:
    explicit Network(std::uint64_t seed) : random_(kernel::StreamKey{seed}) {}

    std::string text() {
        const std::size_t stages = 1 + below(6);
        std::string text = "understudy: 1\nscenario: network\ntwin:\n  stages:\n";
        for (std::size_t i = 0; i < stages; ++i) text += stage(i, stages);
        text += "load:\n";
        const std::size_t loads = 1 + below(3);
        for (std::size_t i = 0; i < loads; ++i)
            text +=
                "  l" + number(i) + ": {arrivals: " +
                (below(3) == 0 ? "every erlang(k 2 mean 1.5s)" : "poisson(" + number(1 + below(2)) + "/s)") +
                ", writes: q" + number(below(stages)) + (below(4) == 0 ? ", count: 300" : "") +
                (below(4) == 0 ? ", profile: day" : "") + "}\n";
        text += "profiles:\n  day: {sine: {mean: 1, amplitude: 0.5}, period: 200s}\n";
        text += "measures:\n";
        for (std::size_t i = 0; i < stages; ++i)
            for (const char* measure :
                 {"avg latency(#)", "p(95) wait(#)", "max wait(#)", "avg present(#)", "p(90) present(#)",
                  "avg waiting(#)", "var present(#)", "avg utilisation(#) during 100s..300s",
                  "share waited(#)", "avg service(#)", "share empty(#)", "share saturated(#)",
                  "max present(#)", "avg lag(#)", "at 333s present(#)", "total completed(#)",
                  "share dropped(#)", "avg latency(#) of l0"})
                if (below(2) == 0) {
                    std::string line = measure;
                    line.replace(line.find('#'), 1, "s" + number(i));
                    text += "  - " + line + "\n";
                }
        text += "  - p(99) latency()\n  - at end present()\n  - avg wait(s0)\n";
        text += "run: {length: 500s, warm_up: 50s, replications: 4, seed: " + number(1 + below(1000)) +
                ", sample: 7s}\n";
        return text;
    }

private:
    std::size_t below(std::size_t n) { return random_.below(n); }
    static std::string number(std::size_t n) { return std::to_string(n); }

    std::string stage(std::size_t i, std::size_t stages) {
        static const char* const laws[] = {"exponential(mean 0.7s)", "0.5s",
                                           "0.2s + lognormal(mean 0.3s cv 2)", "erlang(k 3 mean 0.6s)",
                                           "weibull(shape 0.8 scale 0.5s)"};
        const std::string name = "s" + number(i);
        std::string text = "    " + name + ": {reads: q" + number(i) + ", service: " + laws[below(5)];
        text += ", workers: " + (below(6) == 0 ? std::string("unlimited") : number(1 + below(4)));
        if (below(3) == 0) text += ", queue: {capacity: " + number(below(4)) + ", full: drop}";
        // Now and then one that is not plain, with all that sends to it or receives from it.
        if (below(20) == 0) text += ", failure: 10%, retry: {times: 2, backoff: 1s}";
        switch (below(4)) {
            case 0: break;
            case 1: text += ", writes: q" + number(below(stages)); break;
            case 2: text += ", writes: {q" + number(below(stages)) + ": 40%, exit: 60%}"; break;
            default: text += ", writes: done"; break;
        }
        return text + "}\n";
    }

    kernel::Stream random_;
};

}  // namespace

TEST_CASE("plain and full path give the same bytes: scenarios with known answers") {
    int plain = 0;
    for (const auto& entry : std::filesystem::directory_iterator(tests::source_folder() + "/tests/theory")) {
        if (entry.path().extension() != ".yaml") continue;
        CAPTURE(entry.path().filename().string());
        const auto reading = formats::read_scenario_file(entry.path().string(), {"run.replications=1"});
        REQUIRE(reading.scenario.has_value());
        const auto model = model_of(*reading.scenario);
        REQUIRE(model != nullptr);
        if (model->plain.empty()) continue;
        ++plain;
        compare(model, reading.scenario->run.seed, reading.scenario->run.warm_up.value_or(0));
    }
    CHECK(plain >= 15);
}

TEST_CASE("plain and full path give the same bytes: random networks") {
    int plain = 0, beside = 0;
    std::uint64_t events = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const std::string text = Network(seed).text();
        CAPTURE(text);
        const auto reading = formats::read_scenario(text, "network.yaml");
        if (!reading.scenario) {
            // A stage that nobody writes to: refused, never run.
            CAPTURE(reading.diagnostics.show());
            REQUIRE(reading.diagnostics.show().find("nothing writes") != std::string::npos);
            continue;
        }
        const auto model = model_of(*reading.scenario);
        REQUIRE(model != nullptr);
        if (model->plain.empty()) continue;
        ++plain;
        if (model->plain.stages.size() < model->stages.size()) ++beside;
        compare(model, seed, reading.scenario->run.warm_up.value_or(0));

        models::Simulation simulation(models::State(model, seed, 3, nullptr, nullptr));
        simulation.state().start(simulation, 0);
        simulation.run_until(model->length / 3);
        simulation.state().check_conservation(simulation);
        models::Simulation copy = simulation;
        for (models::Simulation* each : {&copy, &simulation}) {
            each->run_until(model->length);
            each->state().finish(*each);
            each->state().check_conservation(*each);
        }
        CHECK(copy.state().fingerprint() == simulation.state().fingerprint());
        CHECK(copy.state().fingerprint() == outcome_of(model, seed, 0, true).fingerprint);
        events += simulation.events_handled();
    }
    CHECK(plain >= 40);
    CHECK(beside >= 3);
    CHECK(events > 20'000);
}

namespace {

/// A network without circles in which nobody is told of single items, so that it goes in stretches. `whole`: everything
/// takes whole seconds, so that much comes at once.
std::string forward_network(std::uint64_t seed, bool whole) {
    kernel::Stream random(kernel::StreamKey{seed});
    const auto below = [&](std::size_t n) { return random.below(n); };
    const auto number = [](std::size_t n) { return std::to_string(n); };
    const std::size_t stages = 1 + below(6), loads = 1 + below(3);
    std::string text = "understudy: 1\nscenario: forward\ntwin:\n  stages:\n";
    for (std::size_t i = 0; i < stages; ++i) {
        static const char* const laws[] = {"exponential(mean 0.7s)", "0.2s + lognormal(mean 0.3s cv 2)",
                                           "erlang(k 3 mean 0.6s)", "0.4s"};
        text += "    s" + number(i) + ": {reads: q" + number(i) +
                ", service: " + (whole ? number(1 + below(2)) + "s" : laws[below(4)]) +
                ", workers: " + number(below(4) == 0 ? 5 + below(20) : 1 + below(4));
        if (below(3) == 0) text += ", queue: {capacity: " + number(below(5)) + ", full: drop}";
        const std::size_t to = i + 1 + below(stages - i);
        if (to < stages)
            text +=
                ", writes: " + (below(2) == 0 ? "q" + number(to) : "{q" + number(to) + ": 70%, exit: 30%}");
        text += "}\n";
    }
    text += "load:\n";
    for (std::size_t i = 0; i < std::max(loads, stages); ++i) {
        static const char* const arrivals[] = {"poisson(2/s)", "poisson(0.7/s)",
                                               "every erlang(k 2 mean 1.5s)", "every 0.9s"};
        text += "  l" + number(i) +
                ": {arrivals: " + (whole ? "every " + number(1 + i % 3) + "s" : arrivals[below(4)]) +
                ", writes: q" + number(i % stages) + (below(4) == 0 ? ", count: 900" : "") +
                (!whole && below(4) == 0 ? ", profile: day" : "") + "}\n";
    }
    return text +
           "profiles:\n  day: {sine: {mean: 1, amplitude: 0.5}, period: 200s}\n"
           "measures: [p(99) latency(), p(90) latency(l0), avg wait(s0), p(95) latency(s0), avg "
           "waiting(s0),\n"
           "           avg utilisation(s0), share waited(s0), share dropped(s0), avg present(), at 333s "
           "present(s0)]\n"
           "run: {length: 3000s, warm_up: 50s, replications: 1, seed: 1, sample: " +
           number(7 + 400 * below(2)) + "s}\n";
}

}  // namespace

TEST_CASE("plain and full path give the same bytes: stretches in one go") {
    std::uint64_t swept = 0, events = 0, of_whole = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const bool whole = seed % 4 == 0;
        const std::string text = forward_network(seed, whole);
        CAPTURE(text);
        const auto reading = formats::read_scenario(text, "forward.yaml");
        REQUIRE(reading.scenario.has_value());
        const auto model = model_of(*reading.scenario);
        REQUIRE(model != nullptr);
        REQUIRE(model->plain.order.size() == model->stages.size());
        compare(model, seed, *reading.scenario->run.warm_up);
        // Asked for stretches one after the other, of all lengths, with a copy at each.
        models::Simulation simulation(models::State(model, seed, 3, nullptr, nullptr));
        simulation.state().start(simulation, *reading.scenario->run.warm_up);
        kernel::Stream random(kernel::StreamKey{seed});
        std::uint64_t in_stretches = 0;
        do {
            models::Simulation copy = simulation;
            const std::uint64_t most = 1'024 + random.below(60'000);
            for (models::Simulation* each : {&simulation, &copy})
                in_stretches += each->state().sweep(*each, most, model->length).events;
            simulation.state().check_conservation(simulation);
            CHECK(copy.state().fingerprint() == simulation.state().fingerprint());
            CHECK(copy.events_handled() == simulation.events_handled());
        } while (simulation.run_events(1 + random.below(100), model->length));
        simulation.state().finish(simulation);
        CHECK(simulation.state().fingerprint() ==
              outcome_of(model, seed, *reading.scenario->run.warm_up, true).fingerprint);
        (whole ? of_whole : swept) += in_stretches / 2;
        if (!whole) events += simulation.events_handled();
    }
    // What comes at once is handled one by one; of all else nearly everything goes in stretches.
    CHECK(events > 500'000);
    CHECK(static_cast<double>(swept) > 0.5 * static_cast<double>(events));
    MESSAGE(swept << " of " << events << " events in stretches, " << of_whole << " where much comes at once");
}

TEST_CASE("plain and full path give the same bytes: a thousand events pending, which are foreseen") {
    // So many that they are foreseen (State::with_handling()), and dealt to so many stages that arrivals look ahead
    // (State::plain_way()); lines, free workers, places that are taken, ways out and of one item.
    std::string text = "understudy: 1\nscenario: ring\ntwin:\n  stages:\n";
    constexpr int stages = 80;
    for (int i = 0; i < stages; ++i) {
        const std::string self = std::to_string(i), next = std::to_string((i + 1) % stages);
        text += "    s" + self + ": {reads: q" + self + ", service: exponential(mean 1s), workers: " +
                (i % 7 == 0 ? "unlimited" : std::to_string(1 + i % 4 * 120)) +
                (i % 20 == 1 ? ", queue: {capacity: 30, full: drop}" : "") +
                ", writes: " + (i % 3 == 0 ? "{q" + next + ": 99.5%, exit: 0.5%}" : "q" + next) + "}\n";
    }
    text += "load:\n  jobs: {arrivals: every 500us, count: 16000, writes: {";
    for (int i = 0; i < stages; ++i) text += (i == 0 ? "q" : ", q") + std::to_string(i) + ": 1.25%";
    text +=
        "}}\nmeasures: [at 9s present(), p(95) wait(s2), avg waiting(s4)]\n"
        "run: {length: 20s, warm_up: 2s, replications: 1, seed: 5, sample: 3s}\n";
    CAPTURE(text);
    const auto reading = formats::read_scenario(text, "ring.yaml");
    REQUIRE(reading.scenario.has_value());
    const auto model = model_of(*reading.scenario);
    REQUIRE(model != nullptr);
    REQUIRE(model->plain.stages.size() == stages);
    compare(model, 5, *reading.scenario->run.warm_up);
    models::Simulation simulation(models::State(model, 5, 3, nullptr, nullptr));
    simulation.state().start(simulation, 0);
    simulation.run_until(model->length / 2);
    CHECK(simulation.pending().size() > 1000);
    simulation.state().check_conservation(simulation);
}

TEST_CASE("quantiles of the same values, which are kept once, are what each is when it is asked for alone") {
    const std::vector<std::string> measures = {
        "p(50) latency(s0)", "p(99) latency(s0)", "p(50) wait(s0)",  "p(50) latency(s1)",
        "p(99) latency(l0)", "p(99) latency(l1)", "p(99) latency()", "p(50) latency(s0 -> s1)"};
    const auto values = [&](const std::vector<std::string>& asked) {
        std::string text =
            "understudy: 1\nscenario: two\ntwin:\n  stages:\n"
            "    s0: {reads: q0, service: exponential(mean 0.7s), workers: 2, writes: q1}\n"
            "    s1: {reads: q1, service: exponential(mean 0.6s), workers: 3}\n"
            "load:\n  l0: {arrivals: poisson(2/s), writes: q0}\n  l1: {arrivals: poisson(1/s), writes: q1}\n"
            "run: {length: 500s, warm_up: 50s, replications: 1, seed: 3}\nmeasures:\n";
        for (const std::string& measure : asked) text += "  - " + measure + "\n";
        const auto reading = formats::read_scenario(text, "two.yaml");
        REQUIRE(reading.scenario.has_value());
        const auto model = model_of(*reading.scenario);
        REQUIRE(model != nullptr);
        const auto outcome = outcome_of(model, 3, *reading.scenario->run.warm_up, false);
        std::vector<double> found;
        for (const std::string& measure : asked)
            for (std::size_t i = 0; i < model->probes.size(); ++i)
                if (model->probes[i].measure.text == measure) {
                    found.push_back(outcome.values[i].value());
                    break;
                }
        REQUIRE(found.size() == asked.size());
        return found;
    };
    const std::vector<double> together = values(measures);
    for (std::size_t i = 0; i < measures.size(); ++i) {
        CAPTURE(measures[i]);
        CHECK(same_bits(together[i], values({measures[i]}).front()));
        for (std::size_t k = 0; k < i; ++k) CHECK(together[k] != together[i]);
    }
}
