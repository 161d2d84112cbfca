// Promised: where something is done to the system, whoever has not come to its end when the run is over, and has taken
// longer than an objective allows, counts in its measure with the time taken so far, and in nothing else; where nothing is
// done, or nothing of the kind is promised, nothing counts but what has come through. Shown: constant arrivals to a server
// that fails for good, counted by hand.
#include <doctest/doctest.h>

#include "models/compile/compile.h"
#include "models/simulation/replication.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;

namespace {

/// At 1 item/s from 1 s to 99 s, each served for 0.5 s.
models::ReplicationOutcome outcome_of(const std::string& action, const std::string& objectives,
                                      const std::string& measures = "[]") {
    auto reading = formats::read_scenario(
        "understudy: 1\nscenario: s\ntwin: {stages: {server: {reads: jobs, workers: 1, service: 500ms}}}\n"
        "load: {jobs: {arrivals: every 1s}}\nrun: {length: 99500ms, warm_up: 0s}\nactions: [" +
            action + "]\nobjectives: " + objectives + "\nmeasures: " + measures + "\n",
        "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    std::vector<models::Measure> all;
    for (const models::Objective& objective : reading.scenario->objectives) all.push_back(objective.measure);
    all.insert(all.end(), reading.scenario->measures.begin(), reading.scenario->measures.end());
    models::Problems problems;
    const auto model = models::compile(*reading.scenario, models::ScenarioGraph(*reading.scenario), all,
                                       std::vector<bool>(all.size()), problems);
    REQUIRE(model);
    return *models::run_replication(model, {});
}

const std::string fails = "{at: 49900ms, fail: server}", alerts = "{at: 50s, alert: now}";

}  // namespace

TEST_CASE("overdue: a server that fails for good keeps no promise by those it has served") {
    const auto found = outcome_of(fails,
                                  "[avg latency(server) < 2s, p(50) latency() < 2s, max wait(server) <= 2s, "
                                  "avg latency() > 1s, share lost() < 1%]",
                                  "[avg latency(), p(50) latency(server)]");
    // Those of 50 s to 97 s have been there for 49.5 s down to 2.5 s; that of 98 s, and of 99 s, for less than 2 s.
    constexpr double there = 48, ages = 48 * (49.5 + 2.5) / 2, came = 49;
    CHECK(found.overdue == std::vector<std::uint64_t>{48, 48, 48, 0, 0, 0, 0});
    CHECK(*found.values[0] == doctest::Approx((ages + came * 0.5) / (there + came)));
    CHECK(found.observed[0]->weight == there + came);
    CHECK(*found.values[1] == doctest::Approx(0.5));
    CHECK(found.observed[1]->weight == there + came);
    CHECK(*found.values[2] == doctest::Approx(49.5));
    CHECK(*found.values[3] == doctest::Approx(0.5));
    CHECK(*found.values[5] == doctest::Approx(0.5));
    CHECK(found.observed[6]->weight == came);
}

TEST_CASE("overdue: where several objectives are about one measure, from the lowest limit on") {
    CHECK(outcome_of(fails, "[avg latency(server) < 10s]").overdue == std::vector<std::uint64_t>{40});
    const auto found =
        outcome_of(fails, "[avg latency(server) < 10s, avg latency(server) < 2s, avg latency(server) > 1s]",
                   "[avg latency(server)]");
    CHECK(found.overdue == std::vector<std::uint64_t>{48, 48, 48, 48});
    CHECK(*found.values[3] == *found.values[0]);
}

TEST_CASE("overdue: nobody counts where nothing is done, or what is done comes by itself") {
    for (const std::string& action : {alerts, std::string("{when: waiting(server) > 5, fail: server}"),
                                      std::string("{every: every 1h, for: 1min, fail: server}")}) {
        const auto found = outcome_of(action, "[avg latency(server) < 1ms]");
        CHECK(found.overdue == std::vector<std::uint64_t>{0});
    }
}

TEST_CASE("overdue: a measure of a window, of chosen items, or of nobody yet, is of those that came") {
    const auto found =
        outcome_of(fails, "[avg latency(server) during 0s..80s < 2s, avg latency(server) items 1..99 < 2s]");
    CHECK(found.overdue == std::vector<std::uint64_t>{0, 0});
    const auto nobody = outcome_of("{at: 500ms, fail: server}", "[avg latency() < 2s]");
    CHECK(nobody.overdue[0] == 97);
    CHECK(*nobody.values[0] == doctest::Approx((98.5 + 2.5) / 2));
}
