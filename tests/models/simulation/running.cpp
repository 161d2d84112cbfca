// Promised: a replication that is stepped through, copied and forked, without anything done to it, gives the bytes of an
// uninterrupted one; actions without a time of their own change nothing until they are asked for; asked for at an instant
// they do what an action `at` that instant does, and taken back they leave what was before; a yield hands over at its
// instant and is gone on from; what it waits for can be looked at. What is measured while an action is on can be begun anew:
// it is then what is measured from there on. A look gives what has been measured, and who has not come through is known.
// Shown: outcomes compared, fingerprints included, on the plain path and the full one.
#include "models/simulation/running.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "models/compile/compile.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using models::Action;
using models::Running;

namespace {

constexpr kernel::Time second = 1'000'000'000;

models::Scenario queue_of(const std::string& rest = "") {
    auto reading = formats::read_scenario(
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
        "    server: {reads: jobs, workers: 1, service: exponential(mean 0.8s)}\n"
        "    after: {reads: server, workers: 2, service: exponential(mean 1s), failure: 5%, retry: {times: "
        "2}}\n"
        "load: {jobs: {arrivals: poisson(1/s)}}\nrun: {length: 1000s, warm_up: 100s}\n" +
            rest,
        "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return std::move(*reading.scenario);
}

std::shared_ptr<const models::Model> compiled(models::Scenario scenario) {
    models::Problems problems;
    models::Measure waiting, latency;
    waiting.metric = models::Metric::waiting;
    waiting.scope = "server";
    latency.metric = models::Metric::latency;
    auto model = models::compile(scenario, models::ScenarioGraph(scenario), {waiting, latency}, {true, false},
                                 problems);
    REQUIRE(model);
    return model;
}

/// Asked for: twice the service of the server, until it is taken back.
Action slower() {
    Action action;
    action.verb = Action::Verb::set;
    action.target = "server";
    action.key = "service";
    action.to.times = true;
    action.to.number = 2;
    action.lasts = kernel::never;
    return action;
}

models::ReplicationOptions of(std::uint64_t index, bool full = false) {
    models::ReplicationOptions options;
    options.index = index;
    options.warm_up = 100 * second;
    options.full = full;
    return options;
}

void same(const models::ReplicationOutcome& a, const models::ReplicationOutcome& b) {
    CHECK(a.fingerprint == b.fingerprint);
    CHECK(a.events == b.events);
    CHECK(a.end == b.end);
    CHECK(a.values == b.values);
    CHECK(a.series == b.series);
    CHECK(a.items_left == b.items_left);
}

}  // namespace

TEST_CASE("running: forks in which nothing is done are the uninterrupted run") {
    const auto model = compiled(queue_of());
    for (const bool full : {false, true})
        for (std::uint64_t index = 0; index < 3; ++index) {
            const auto whole = models::run_replication(model, of(index, full));
            Running now(model, of(index, full));
            for (const kernel::Time at : {kernel::Time{0}, 99 * second, 100 * second, 333 * second + 7}) {
                CHECK(now.go_to(at) == Running::Pause::reached);
                CHECK(now.now() == at);
                Running fork = now;
                same(*std::move(fork).finish(), *whole);
            }
            same(*std::move(now).finish(), *whole);
        }
}

TEST_CASE("running: an action asked for is one that is due then, and can be taken back") {
    models::Scenario asked = queue_of(), timed = queue_of();
    asked.actions = {slower()};
    timed.actions = {slower()};
    timed.actions[0].at = 200 * second;
    timed.actions[0].lasts = 150 * second;
    const auto model = compiled(asked), due = compiled(timed);
    const auto quiet = models::run_replication(model, of(0));
    // Nobody asks.
    CHECK(quiet->values == models::run_replication(compiled(queue_of()), of(0))->values);

    Running now(model, of(0));
    (void)now.go_to(200 * second - 1);
    Running fork = now;
    fork.act(0, 200 * second);
    (void)fork.go_to(300 * second);
    fork.undo(0, 350 * second);
    const auto expected = models::run_replication(due, of(0));
    const auto outcome = std::move(fork).finish();
    same(*outcome, *expected);
    CHECK(outcome->values != quiet->values);
    // What is done in a fork reaches nobody else.
    same(*std::move(now).finish(), *quiet);
}

TEST_CASE("running: yields") {
    models::Scenario scenario = queue_of("actions: [{when: waiting(server) > 3 for 2s, alert: x}]\n");
    scenario.actions[0].verb = Action::Verb::yield;
    const auto model = compiled(scenario);
    const auto alerts = models::run_replication(
        compiled(queue_of("actions: [{when: waiting(server) > 3 for 2s, alert: x}]\n")), of(0));
    REQUIRE(alerts->alerts.size() > 3);

    Running now(model, of(0));
    CHECK_FALSE(now.has_come(0));
    for (const auto& [at, action, text] : alerts->alerts) {
        CHECK(now.go_to(1000 * second) == Running::Pause::yielded);
        CHECK(now.now() == at);
        CHECK(now.yielded() == std::vector<models::Index>{0});
        CHECK(now.has_come(0));
    }
    CHECK(now.go_to(1000 * second) == Running::Pause::reached);
    CHECK(now.yielded().empty());
    // Handing over changes nothing.
    CHECK(std::move(now).finish()->values == alerts->values);
    // Nor does passing over it.
    CHECK(std::move(Running(model, of(0))).finish()->values == alerts->values);
}

TEST_CASE("running: what ends a replication ends it in each fork") {
    models::Scenario scenario = queue_of("actions: [{at: 500s, stop: enough}]\n");
    const auto model = compiled(scenario);
    Running now(model, of(0));
    CHECK(now.go_to(600 * second) == Running::Pause::over);
    CHECK(now.now() == 500 * second);
    Running fork = now;
    CHECK(fork.go_to(700 * second) == Running::Pause::over);
    const auto outcome = std::move(fork).finish();
    CHECK(outcome->stopped == "enough");
    same(*outcome, *models::run_replication(model, of(0)));
    // Looked at every so many events.
    models::Scenario long_run = queue_of();
    long_run.run.length = 200'000 * second;
    std::atomic<bool> stop{true};
    models::ReplicationOptions options = of(0);
    options.stop = &stop;
    CHECK_FALSE(std::move(Running(compiled(long_run), options)).finish());
}

TEST_CASE("running: what it would have measured so far is looked at, and changes nothing") {
    models::ReplicationOptions how;
    const auto model = compiled(queue_of());
    Running looked(model, how), other(model, how);
    looked.go_to(500 * second);
    const auto so_far = looked.values();
    REQUIRE(so_far.size() == 2);
    CHECK(so_far == looked.values());
    const auto end = std::move(looked).finish();
    const auto same = std::move(other).finish();
    REQUIRE(end);
    REQUIRE(same);
    CHECK(end->fingerprint == same->fingerprint);
    CHECK(end->values == same->values);
    CHECK(so_far != end->values);
    // At the end it is all there is.
    Running last(model, how);
    last.go_to(1000 * second);
    CHECK(last.values() == end->values);
}

TEST_CASE("running: what is measured while an action is on is begun anew") {
    models::Scenario scenario = queue_of();
    models::Action on;
    on.name = "on";
    on.verb = Action::Verb::alert;
    on.lasts = kernel::never;
    scenario.actions = {on};
    std::vector<models::Measure> measures(5);
    for (models::Measure& measure : measures) {
        measure.metric = models::Metric::latency;
        measure.scope = "after";
        measure.during_action = "on";
    }
    measures[1].aggregate = models::Aggregate::quantile;
    measures[1].quantile = 0.9;
    measures[2].aggregate = models::Aggregate::share;
    measures[2].metric = models::Metric::failed;
    measures[3].aggregate = models::Aggregate::maximum;
    measures[3].metric = models::Metric::waiting;
    measures[4].during_action.clear();
    models::Problems problems;
    const auto model = models::compile(scenario, models::ScenarioGraph(scenario), measures,
                                       {false, false, false, false, false}, problems);
    REQUIRE(model);
    Running early(model, of(0)), late(model, of(0));
    early.act(0, 150 * second);
    (void)early.go_to(300 * second);
    Running whole = early;
    early.forget(0);
    late.act(0, 300 * second + 1);
    const auto anew = std::move(early).finish()->values, from_there = std::move(late).finish()->values;
    CHECK(anew == from_there);
    const auto all = std::move(whole).finish()->values;
    CHECK(all[0] != anew[0]);
    // Nothing else is forgotten.
    CHECK(all[4] == anew[4]);
}

TEST_CASE("running: a look is what a run that ended there would have measured") {
    const auto model = compiled(queue_of());
    Running now(model, of(0, true));
    for (const kernel::Time at : {200 * second, 500 * second, 999 * second}) {
        now.go_to(at);
        const auto values = now.values();
        for (const models::Index probe : {0U, 1U}) CHECK(now.look(probe).value == values[probe]);
        CHECK(now.look(1).observed->weight > 0);
    }
}

TEST_CASE("running: what is overdue has come and is not done") {
    // Services of 2 s and an arrival each second: the half of those who came are there half a second after an arrival.
    auto reading = formats::read_scenario(
        "understudy: 1\nscenario: s\ntwin: {stages: {server: {reads: jobs, workers: 1, service: 2s}}}\n"
        "load: {jobs: {arrivals: every 1s}}\nrun: {length: 100s, warm_up: 0s}\n",
        "s.yaml");
    REQUIRE(reading.scenario);
    models::Problems problems;
    models::Measure all, stage, wait;
    all.metric = stage.metric = models::Metric::latency;
    wait.metric = models::Metric::wait;
    stage.scope = wait.scope = "server";
    const auto model = models::compile(*reading.scenario, models::ScenarioGraph(*reading.scenario),
                                       {all, stage, wait}, {false, false, false}, problems);
    REQUIRE(model);
    Running now(model, of(0, true));
    now.go_to(10 * second + second / 2);
    const auto there = now.overdue(0, 0);
    const auto longest = *std::max_element(there.begin(), there.end());
    CHECK(now.overdue(0, longest).empty());
    CHECK(now.overdue(0, longest - 1).size() == 1);
    CHECK(now.overdue(0, 2 * second).size() + 2 == there.size());
    CHECK(now.overdue(0, 0, 1).size() == 1);
    // All that is there is at the stage, and all of that but one waits.
    CHECK(now.overdue(1, 0) == there);
    CHECK(now.overdue(2, 0).size() + 1 == there.size());
    for (const kernel::Time age : there) CHECK(age % second == second / 2);
}
