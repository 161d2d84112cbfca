// Promised: an action that applies a change is the actions that set what it sets, when and for as long as it says; what
// cannot change on the way is refused where it stands in the change. Shown: one against the other as documents, and each
// kind of edit that is refused.
#include "tools/formats/language/applied_changes.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

std::string shop(const std::string& actions) {
    return "understudy: 1\nscenario: shop\ntwin:\n  stages:\n"
           "    clean: {reads: clicks, workers: 2, service: exponential(mean 1s)}\n"
           "load: {clicks: {arrivals: poisson(1/s)}}\nactions:\n" +
           actions + "run: {length: 1h}\n";
}

std::string change(const std::string& edits) {
    return "understudy: 1\nchange: faster\nbase: shop.yaml\nedits:\n" + edits;
}

}  // namespace

TEST_CASE("a change that is applied on the way sets what its edits set") {
    const tests::CurrentFolder folder;
    folder.write("changes/faster.yaml",
                 change("  - {set: clean.workers, to: 4}\n  - {set: clean.service.mean, to: 0.5x}\n"));
    folder.write("shop.yaml", shop("  - {name: deploy, at: 10min, for: 5min, apply: changes/faster.yaml}\n"));
    const auto applied = read_scenario_file("shop.yaml");
    INFO(applied.diagnostics.show());
    REQUIRE(applied.scenario);
    const auto by_hand =
        read_scenario(shop("  - {name: deploy, at: 10min, for: 5min, set: clean.workers, to: 4}\n"
                           "  - {at: 10min, for: 5min, set: clean.service.mean, to: 0.5x}\n"),
                      "shop.yaml");
    REQUIRE(by_hand.scenario);
    CHECK(write_scenario(*applied.scenario) == write_scenario(*by_hand.scenario));
    CHECK(applied.scenario->simulated_digest == by_hand.scenario->simulated_digest);
    const auto added = read_scenario_file("shop.yaml", {"actions+={at: 30min, apply: changes/faster.yaml}"});
    REQUIRE(added.scenario);
    CHECK(added.scenario->actions.size() == 4);
}

TEST_CASE("a change in a file that is included is looked for beside that file") {
    const tests::CurrentFolder folder;
    folder.write("parts/faster.yaml", change("  - {set: clean.workers, to: 4}\n"));
    folder.write("parts/events.yaml",
                 "understudy: 1\nscenario: events\nactions:\n  - {at: 10min, apply: faster.yaml}\n");
    folder.write("shop.yaml", shop("  - {at: 1min, pause: clean, for: 1min}\n") +
                                  "include: [parts/events.yaml]\n");
    const auto reading = read_scenario_file("shop.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    CHECK(reading.scenario->actions.size() == 2);
}

TEST_CASE("what cannot change on the way is refused, where it stands in the change") {
    const tests::CurrentFolder folder;
    folder.write("wrong.yaml",
                 change("  - {add: audit, as: stage, value: {reads: clicks, workers: 1, service: 1s}}\n"
                        "  - {remove: clean.workers}\n"
                        "  - {rename: clean, to: cleanse}\n"
                        "  - {set: clean.order, to: lifo}\n"));
    folder.write("shop.yaml",
                 shop("  - {at: 10min, apply: wrong.yaml}\n  - {at: 1min, apply: missing.yaml}\n"));
    const auto reading = read_scenario_file("shop.yaml");
    CHECK_FALSE(reading.scenario.has_value());
    const std::string all = reading.diagnostics.show();
    INFO(all);
    CHECK(all.find("wrong.yaml:5:5: error: 'faster' adds 'audit', which no action can on the way; apply it "
                   "before the run, under 'changes', or rehearse it with a 'rollout'") != std::string::npos);
    CHECK(all.find("wrong.yaml:6:5: error: 'faster' removes 'clean.workers'") != std::string::npos);
    CHECK(all.find("wrong.yaml:7:5: error: 'faster' renames 'clean'") != std::string::npos);
    CHECK(all.find("shop.yaml:9:23: error: 'missing.yaml': no such file") != std::string::npos);
}
