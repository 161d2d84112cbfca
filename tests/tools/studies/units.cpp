// Promised: what a unit shows is the same on any number of threads, in any order, and from a store; outcomes come in order;
// what was known is not simulated again, and each is kept as soon as it is done; the parts of a study together are all of it,
// each unit once.
// Shown: units of M/M/1 with two numbers of workers, a store that counts, a stop.
#include "tools/studies/units.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>

#include "tools/formats/language/objectives.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::studies;

namespace {

const ReadBase read_queue = [](const std::vector<std::string>& overrides) {
    auto reading = formats::read_scenario(R"(understudy: 1
scenario: queue
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.8/s)}}
run: {length: 200s, warm_up: 10s}
)",
                                          "queue.yaml", overrides);
    if (!reading.scenario) throw BadSetting(reading.diagnostics.show());
    return std::move(*reading.scenario);
};

Asked asked() {
    std::string currency;
    return {{formats::read_objective("p(90) wait(server) < 5s", currency)},
            {formats::read_measure("total completed()")}};
}

std::vector<Unit> some_units() {
    std::vector<Unit> units;
    for (std::uint64_t first = 0; first < 12; first += 3)
        for (const char* workers : {"server.workers=1", "server.workers=2"})
            units.push_back({{workers}, first, 3});
    return units;
}

const std::atomic<bool> never{false};

std::vector<UnitOutcome> outcomes(unsigned threads, UnitStore* store = nullptr,
                                  const std::atomic<bool>& stop = never) {
    const UnitSimulator simulator(read_queue, asked(), 7, kernel::from_seconds(10), stop);
    std::vector<UnitOutcome> all;
    LocalUnits(simulator, threads, stop, store)
        .run(some_units(), [&](std::size_t index, UnitOutcome outcome) {
            CHECK(index == all.size());
            all.push_back(std::move(outcome));
        });
    return all;
}

class Kept : public UnitStore {
public:
    std::optional<UnitOutcome> find(const Unit& unit) const override {
        const auto known = all.find(unit);
        return known == all.end() ? std::nullopt : std::optional(known->second);
    }
    void add(const Unit& unit, const UnitOutcome& outcome) override { all.emplace(unit, outcome); }
    std::map<Unit, UnitOutcome> all;
};

}  // namespace

TEST_CASE("units show the same on any number of threads, in order") {
    const auto one = outcomes(1);
    REQUIRE(one.size() == 8);
    CHECK(one == outcomes(4));
    CHECK(one[0].replications.size() == 3);
    CHECK(one[0].replications[0].evidence.size() == 2);
    CHECK(one[0].replications[0].evidence[0].weight > 100);
    CHECK(one[0].replications[0].evidence[1].value > 100);
    // Less waiting with two workers, by the same arrivals.
    CHECK(one[0].replications[0].evidence[0].value > one[1].replications[0].evidence[0].value);
}

TEST_CASE("what a store knows is not simulated again") {
    Kept store;
    const auto first = outcomes(2, &store);
    CHECK(store.all.size() == first.size());
    for (auto& [unit, outcome] : store.all) outcome.overload = "from the store";
    store.all.erase(some_units()[5]);
    const auto again = outcomes(2, &store);
    REQUIRE(again.size() == first.size());
    for (std::size_t i = 0; i < again.size(); ++i)
        CHECK(again[i].overload == (i == 5 ? "" : "from the store"));
    CHECK(again[5] == first[5]);
    CHECK(store.all.size() == first.size());
}

TEST_CASE("settings take turns, a few at a time, until each has its replications") {
    std::vector<std::vector<std::string>> settings;
    for (int i = 0; i < 19; ++i) settings.push_back({std::to_string(i)});
    UnitsOfSettings work;
    work.add(settings, 0, 2);
    work.add(settings, 2, 5);
    REQUIRE(work.units.size() == 19 * 5);
    std::set<Unit> all;
    std::vector<std::uint64_t> next(settings.size());
    for (std::size_t i = 0; i < work.units.size(); ++i) {
        CHECK(work.units[i].overrides == settings[work.settings[i]]);
        CHECK(work.units[i].count == 1);
        CHECK(work.units[i].first == next[work.settings[i]]++);
        all.insert(work.units[i]);
    }
    CHECK(all.size() == work.units.size());
    // Threads that begin together have settings of their own.
    CHECK(std::set<std::size_t>(work.settings.begin(), work.settings.begin() + 8).size() == 8);
    CHECK(std::set<std::size_t>(work.settings.begin(), work.settings.begin() + 16).size() == 8);
}

TEST_CASE("a setting is prepared once, however many threads begin with it") {
    std::atomic<int> reads{0};
    const ReadBase counting = [&](const std::vector<std::string>& overrides) {
        ++reads;
        return read_queue(overrides);
    };
    const UnitSimulator simulator(counting, asked(), 7, kernel::from_seconds(10), never);
    UnitsOfSettings work;
    work.add({{"server.workers=1"}, {"server.workers=2"}}, 0, 20);
    CHECK(LocalUnits(simulator, 8, never, nullptr).run(work.units, [](std::size_t, const UnitOutcome&) {}) ==
          40);
    CHECK(reads == 2);
}

TEST_CASE("stopped, it tells of what was done before and nothing else") {
    const std::atomic<bool> stopped{true};
    CHECK(outcomes(2, nullptr, stopped).empty());
}

TEST_CASE("a setting that cannot be is told") {
    const UnitSimulator simulator(read_queue, asked(), 1, 0, never);
    CHECK_THROWS_AS(simulator.simulate({{"server.workers=many"}, 0, 1}), BadSetting);
}

TEST_CASE("the parts of a study are all of its units, each once") {
    const UnitSimulator simulator(read_queue, asked(), 7, kernel::from_seconds(10), never);
    const auto whole = outcomes(1);
    for (const std::uint64_t parts : {1, 3, 8, 11}) {
        Kept store;
        std::size_t most = 0;
        for (std::uint64_t part = 1; part <= parts; ++part) {
            const std::size_t before = store.all.size();
            RunProgress progress;
            PartOfUnits runner(std::make_unique<LocalUnits>(simulator, 2, never, &store), part, parts,
                               &progress);
            // Nobody is told: a study that goes on would take a part for all.
            CHECK(runner.run(some_units(), [](std::size_t, const UnitOutcome&) { FAIL("told"); }) == 0);
            const std::size_t mine = store.all.size() - before;
            CHECK(progress.now().ended == static_cast<std::int64_t>(mine));
            CHECK(progress.now().of == static_cast<std::int64_t>(mine));
            most = std::max(most, mine);
        }
        CHECK(store.all.size() == whole.size());
        CHECK(most == (whole.size() + parts - 1) / parts);
        for (std::size_t i = 0; i < whole.size(); ++i) CHECK(store.all.at(some_units()[i]) == whole[i]);
    }
}

TEST_CASE("the units that a study was told of are noted") {
    const UnitSimulator simulator(read_queue, asked(), 7, kernel::from_seconds(10), never);
    std::set<Unit> noted;
    NotedUnits runner(std::make_unique<LocalUnits>(simulator, 2, never, nullptr), noted);
    const auto units = some_units();
    for (int twice = 0; twice < 2; ++twice)
        CHECK(runner.run(units, [](std::size_t, const UnitOutcome&) {}) == units.size());
    CHECK(noted == std::set<Unit>(units.begin(), units.end()));
    std::set<Unit> none;
    const std::atomic<bool> stopped{true};
    NotedUnits(std::make_unique<LocalUnits>(simulator, 2, stopped, nullptr), none)
        .run(units, [](std::size_t, const UnitOutcome&) {});
    CHECK(none.empty());
}

TEST_CASE("a unit is kept before it is told of") {
    const UnitSimulator simulator(read_queue, asked(), 7, kernel::from_seconds(10), never);
    Kept store;
    LocalUnits(simulator, 1, never, &store).run(some_units(), [&](std::size_t index, const UnitOutcome&) {
        CHECK(store.all.size() == index + 1);
    });
}
