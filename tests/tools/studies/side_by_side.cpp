// Promised: two variants of a stage in one twin do what they would do alone: with a share of nothing the twin gives what it
// gave before, with a share of all, given to a candidate that is the same, as well, to the last digit. A share of the items
// comes to the candidate, by number or by key; an item is of the same side at every stage that differs, and who is on the
// candidate's side at a small share is so at a larger one. Workers are counted out to the share, rounded up. What has no two
// sides is told with the reason.
// Shown: outcomes of runs compared; shares against the law of large numbers (4 standard errors).
#include "tools/studies/side_by_side.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>

#include "models/compile/compile.h"
#include "models/graph.h"
#include "models/simulation/running.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using studies::SideBySide;

namespace {

models::Scenario twin_of(const std::string& stages, const std::string& load = "arrivals: poisson(2/s)",
                         const std::string& more = "") {
    auto reading =
        formats::read_scenario("understudy: 1\nscenario: s\ntwin:\n  stages:\n" + stages + more +
                                   "load: {jobs: {" + load + "}}\nrun: {length: 2000s, warm_up: 0s}\n",
                               "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return std::move(*reading.scenario);
}

const std::string two_stages =
    "    first: {reads: jobs, workers: 3, service: exponential(mean 1.2s), failure: 10%, retry: {times: 2}}\n"
    "    second: {reads: first, workers: 2, service: exponential(mean 0.7s), queue: {capacity: 4, full: "
    "drop}}\n";

std::vector<models::Stage> stages_named(const models::Scenario& scenario,
                                        const std::vector<std::string>& names) {
    std::vector<models::Stage> found;
    for (const std::string& name : names)
        for (const models::Stage& stage : scenario.twin.stages)
            if (stage.name == name) found.push_back(stage);
    return found;
}

/// What is measured of a run in which those actions are done at the start.
std::vector<double> measured(models::Scenario scenario, const std::vector<models::Action>& actions,
                             const std::vector<std::pair<std::string, std::string>>& measures) {
    std::vector<models::Measure> probes;
    for (const auto& [text, scope] : measures) {
        models::Measure& measure = probes.emplace_back(formats::read_measure(text + "()"));
        measure.scope = scope;
    }
    const std::size_t first = scenario.actions.size();
    scenario.actions.insert(scenario.actions.end(), actions.begin(), actions.end());
    models::Problems problems;
    const auto model = models::compile(scenario, models::ScenarioGraph(scenario), probes,
                                       std::vector<bool>(probes.size(), false), problems);
    for (const auto& problem : problems) INFO(problem.message);
    REQUIRE(model);
    models::ReplicationOptions how;
    how.seed = 7;
    models::Running now(model, how);
    for (std::size_t i = 0; i < actions.size(); ++i) now.act(static_cast<models::Index>(first + i), 0);
    const auto outcome = std::move(now).finish();
    REQUIRE(outcome);
    std::vector<double> values;
    for (const auto& value : outcome->values) values.push_back(value.value_or(NAN));
    return values;
}

SideBySide both_of(const models::Scenario& scenario, const std::vector<std::string>& names,
                   bool by_key = false) {
    const auto stages = stages_named(scenario, names);
    return studies::side_by_side(scenario, stages, stages, by_key);
}

}  // namespace

TEST_CASE("side by side: nothing and everything change nothing") {
    const models::Scenario scenario = twin_of(two_stages);
    using Names = std::vector<std::pair<std::string, std::string>>;
    const auto names = [](const std::string& first, const std::string& second) {
        return Names{{"avg latency", first}, {"p(95) latency", second},   {"total failed", first},
                     {"total lost", second}, {"total completed", second}, {"total lost", ""},
                     {"avg latency", ""},    {"avg present", ""}};
    };
    const auto alone = measured(scenario, {}, names("first", "second"));
    CHECK(alone[3] > 0);
    const SideBySide both = both_of(scenario, {"first", "second"});
    CHECK(measured(both.scenario, studies::share_actions(both, 0, true), names("first", "second")) == alone);
    CHECK(measured(both.scenario, studies::share_actions(both, 1, true),
                   names("first (candidate)", "second (candidate)")) == alone);
}

TEST_CASE("side by side: a share of the items, the same at every stage, held by larger ones") {
    const models::Scenario scenario = twin_of(two_stages, "arrivals: poisson(2/s), key: uniform(0..1000000)");
    for (const bool by_key : {false, true}) {
        CAPTURE(by_key);
        const SideBySide both = both_of(scenario, {"first", "second"}, by_key);
        const std::vector<std::pair<std::string, std::string>> names = {
            {"total arrived", "first (candidate)"},
            {"total arrived", "first"},
            {"total completed", "first (candidate)"},
            {"total arrived", "second (candidate)"}};
        const auto found = measured(both.scenario, studies::share_actions(both, 0.3, false), names);
        const double all = found[0] + found[1];
        CHECK(std::abs(found[0] / all - 0.3) < 4 * std::sqrt(0.3 * 0.7 / all));
        // Who has left the candidate's first stage comes to its second.
        CHECK(found[3] == found[2]);
        CHECK(found[3] > 0);
    }
    // Of what 20 % take, 40 % take all: at every moment at least as many have come.
    const SideBySide both = both_of(scenario, {"first"});
    double before = 0;
    for (const double share : {0.2, 0.4, 0.8}) {
        const auto found = measured(both.scenario, studies::share_actions(both, share, false),
                                    {{"total arrived", "first (candidate)"}});
        CHECK(found[0] > before);
        before = found[0];
    }
}

TEST_CASE("side by side: workers are counted out to the share") {
    const models::Scenario scenario = twin_of(
        "    first: {reads: jobs, workers: 12, service: 1s}\n"
        "    second: {reads: first, workers: 2..9, service: 1s, scale: {waiting: 3}}\n");
    const SideBySide both = both_of(scenario, {"first", "second"});
    const auto workers_at = [&](double share) {
        std::vector<double> counts;
        for (const models::Action& action : studies::share_actions(both, share, true))
            if (action.key == "workers") {
                CHECK(action.target == "first (candidate)");
                counts.push_back(action.to.number);
            }
        return counts;
    };
    CHECK(workers_at(0.05) == std::vector<double>{1});
    CHECK(workers_at(0.25) == std::vector<double>{3});
    CHECK(workers_at(0.26) == std::vector<double>{4});
    CHECK(workers_at(1) == std::vector<double>{12});
    CHECK(studies::share_actions(both, 0.5, false).size() == both.routers.size());
}

TEST_CASE("side by side: what has no two sides") {
    const auto why = [](const std::string& stages, bool by_key = false, const std::string& more = "",
                        const std::string& load = "arrivals: poisson(2/s)") {
        const models::Scenario scenario = twin_of(stages, load, more);
        const auto named = stages_named(scenario, {"work"});
        return studies::why_not_shared_out(scenario, named.front(), named.front(), by_key);
    };
    const std::string keyed = "arrivals: poisson(2/s), key: uniform(0..9)";
    CHECK(why("    work: {reads: jobs, workers: 1, service: 1s}\n") == "");
    CHECK(why("    work: {reads: jobs, workers: 1, service: 1s}\n", true).find("no item has a key") !=
          std::string::npos);
    CHECK(why("    work: {reads: jobs, workers: 1, service: 1s}\n", true, "", keyed) == "");
    CHECK(why("    work: {reads: jobs, workers: 1, service: 1s, queue: {capacity: 3, full: block}}\n")
              .find("full: block") != std::string::npos);
    CHECK(why("    before: {reads: jobs, workers: 1, service: 1s, holds_until: work}\n"
              "    work: {reads: before, workers: 1, service: 1s}\n")
              .find("'before' holds") != std::string::npos);
    const std::string join =
        "    a: {reads: jobs, workers: 9, service: 1s}\n    b: {reads: jobs, workers: 9, service: 2s}\n"
        "    work: {reads: [a, b], join: {of: inputs, by: key}, workers: 1, service: 1s}\n";
    CHECK(why(join, false, "", keyed).find("by: key") != std::string::npos);
    CHECK(why(join, true, "", keyed) == "");
}
