// Promised: whatever a model is made of, a simulation is a value and loses nothing: a copy made at any instant and the
// original go on to the bit as if there had been no copy, as do a copy of the copy and the run without the plain path,
// and at each of these instants all that arrived has left, waits, or is counted lost. Shown: every kind of model with a
// known answer (cases.json, built as `understudy verify` builds them), every file of this folder and every shipped
// scenario, copied and forked at random instants of their first few thousand events. Conservation ends the program
// where it does not hold.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "models/simulation/state.h"
#include "tests/source_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/truth/truth_cases.h"
#include "tools/studies/run.h"

using namespace understudy;

namespace {

constexpr std::uint64_t most_events = 4000;

/// All that can be told of a run.
std::vector<std::uint64_t> end_of(models::Simulation& simulation, kernel::Time end) {
    simulation.run_until(end);
    models::State& state = simulation.state();
    state.finish(simulation);
    state.check_conservation(simulation);
    std::vector<std::uint64_t> all{state.fingerprint(), simulation.events_handled()};
    for (models::Index probe = 0; probe < state.model().probes.size(); ++probe)
        all.push_back(
            std::bit_cast<std::uint64_t>(state.meter().value(probe, simulation.now()).value_or(-1.0)));
    return all;
}

/// How many events were compared.
std::uint64_t check(const models::Scenario& scenario, kernel::Stream& random) {
    models::Problems problems;
    const auto prepared = studies::prepare(scenario, problems);
    REQUIRE(prepared.has_value());
    const auto started = [&](bool full) {
        models::Simulation simulation(
            models::State(prepared->model, scenario.run.seed, 1, nullptr, nullptr, full));
        simulation.state().start(simulation, 0);
        return simulation;
    };
    models::Simulation first = started(false);
    first.run_events(most_events, prepared->model->length);
    const kernel::Time end = first.now();
    const auto instant = [&] {
        return static_cast<kernel::Time>(random.uniform() * static_cast<double>(end));
    };

    models::Simulation whole = started(false);
    const auto expected = end_of(whole, end);
    models::Simulation on_full_path = started(true);
    CHECK(end_of(on_full_path, end) == expected);

    models::Simulation original = started(false);
    const kernel::Time a = instant(), b = instant();
    original.run_until(std::min(a, b));
    original.state().check_conservation(original);
    models::Simulation copy = original;
    // The copy goes first: were anything shared, the original would go on with what the copy has left of it.
    copy.run_until(std::max(a, b));
    copy.state().check_conservation(copy);
    models::Simulation fork = copy;
    CHECK(end_of(fork, end) == expected);
    CHECK(end_of(copy, end) == expected);
    CHECK(end_of(original, end) == expected);
    return expected[1];
}

models::Scenario scenario_of(const formats::ScenarioReading& reading) {
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario.has_value());
    return *reading.scenario;
}

}  // namespace

TEST_CASE("every kind with a known answer can be copied and forked, and conserves") {
    kernel::Stream random(kernel::StreamKey{7});
    std::set<std::string> kinds;
    std::uint64_t events = 0;
    for (const auto& truth : formats::read_truth_cases(tests::source_folder() + "/tests/theory/cases.json")) {
        INFO(truth.id);
        REQUIRE(truth.scenario.has_value());
        kinds.insert(truth.kind);
        events += check(scenario_of(formats::read_scenario(truth.scenario->text, truth.id)), random);
    }
    // Or the file has been cut down, or the runs have become too short to say anything.
    CHECK(kinds.size() >= 70);
    CHECK(events > 1000 * kinds.size());
}

TEST_CASE(
    "every scenario with a known answer, and every shipped one, can be copied and forked, and conserves") {
    kernel::Stream random(kernel::StreamKey{8});
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(tests::source_folder() + "/tests/theory"))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    for (const auto& entry : std::filesystem::directory_iterator(tests::source_folder() + "/scenarios"))
        if (std::filesystem::exists(entry.path() / "scenario.yaml"))
            files.push_back(entry.path() / "scenario.yaml");
    std::sort(files.begin(), files.end());
    std::uint64_t events = 0;
    for (const auto& file : files) {
        INFO(file.string());
        events += check(scenario_of(formats::read_scenario_file(file.string())), random);
    }
    CHECK(files.size() > 80);
    CHECK(events > 1000 * files.size());
}
