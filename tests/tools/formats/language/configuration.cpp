// Promised: each value of a scenario is shown once, by the path that sets it, as it is in the end, with where it was last set.
// Shown: one scenario whose values come from each layer, and that what is shown reads back as the same scenario.
#include "tools/formats/language/configuration.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

#include "tests/scratch_folder.h"
#include "tests/source_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

using namespace understudy::formats;

namespace {

/// Files in a folder that goes away.
class Files {
public:
    std::string write(const std::string& file, const std::string& text) const {
        std::ofstream(scratch_ / file) << text;
        return (scratch_ / file).string();
    }
    std::string path() const { return scratch_.path().string() + "/"; }

private:
    understudy::tests::ScratchFolder scratch_;
};

}  // namespace

TEST_CASE("configuration: each value with its last origin") {
    const Files files;
    files.write("pool.yaml", "understudy: 1\nscenario: p\ntwin: {pools: {spark: {workers: 4, speed: 2}}}\n");
    const std::string change =
        files.write("change.yaml", "understudy: 1\nchange: c\nedits:\n  - {set: till.service, to: 3s}\n");
    const std::string scenario = files.write("s.yaml", R"(understudy: 1
scenario: s
include: pool.yaml
parameters: {clerks: 2}
twin:
  stages:
    till: {reads: orders, workers: $(clerks), service: 1s}
    big: {reads: till, runs_on: spark, service: 1s, retry: {times: 2}, failure: 1%}
  pipelines:
    nightly:
      schedule: every 1h
      defaults: {runs_on: spark, service: 4min}
      tasks: {fetch: {}, build: {after: [fetch], service: 5min}}
load: {orders: {arrivals: poisson(1/s)}}
run: {length: 1h, replications: 3}
objectives: [avg wait(till) < 1min]
)");
    const Configuration found = read_configuration(
        scenario, {"UNDERSTUDY_SET spark.workers=5", "spark.workers=9", "UNDERSTUDY_SET big.retry.times=7"},
        {change});
    INFO(found.diagnostics.show());
    std::map<std::string, std::pair<std::string, std::string>> settings;
    for (const Setting& one : found.settings) {
        INFO(one.path);
        std::string origin = one.origin;
        if (const std::size_t at = origin.find(files.path()); at != std::string::npos)
            origin.erase(at, files.path().size());
        CHECK(settings.emplace(one.path, std::pair(one.value, origin)).second);
    }
    using Is = std::pair<std::string, std::string>;
    CHECK(settings.at("spark.workers") == Is{"9", "--set spark.workers=9"});
    CHECK(settings.at("spark.speed") == Is{"2", "pool.yaml:3:43"});
    CHECK(settings.at("till.service") == Is{"3s", "change.yaml:4:29"});
    CHECK(settings.at("till.workers") == Is{"2", "s.yaml:7:36"});
    CHECK(settings.at("big.retry.times") == Is{"7", "UNDERSTUDY_SET big.retry.times=7"});
    CHECK(settings.at("nightly.fetch.service") == Is{"4min", "s.yaml:12:43"});
    CHECK(settings.at("nightly.build.service") == Is{"5min", "s.yaml:13:59"});
    CHECK(settings.at("run.replications") == Is{"3", "s.yaml:15:33"});
    CHECK(settings.at("run.confidence") == Is{"95%", ""});
    CHECK(settings.at("run.seed") == Is{"1", ""});
    // Of workers only where they are its own.
    CHECK(settings.contains("till.speed"));
    CHECK_FALSE(settings.contains("big.speed"));
    CHECK_FALSE(settings.contains("nightly.build.order"));
    CHECK(settings.at("objectives.0") == Is{"avg wait(till) < 1min", "s.yaml:16:14"});
    CHECK(settings.find("nightly.defaults") == settings.end());
    // What a parameter is set to from outside comes from there.
    for (const Setting& one : read_configuration(scenario, {"clerks=8"}).settings)
        if (one.path == "till.workers") CHECK(Is{one.value, one.origin} == Is{"8", "--set clerks=8"});
}

TEST_CASE("configuration: setting what is shown changes nothing") {
    const std::string scenario =
        understudy::tests::source_folder() + "/scenarios/orders-nightly/scenario.yaml";
    const ScenarioReading before = read_scenario_file(scenario);
    REQUIRE(before.scenario);
    std::size_t tried = 0;
    for (const Setting& one : read_configuration(scenario).settings) {
        // Lists of edits are set by their own forms.
        if (one.origin.empty() || one.path.starts_with("objectives.") || one.path.starts_with("actions.") ||
            one.path.starts_with("measures.") || one.path == "description")
            continue;
        const ScenarioReading after = read_scenario_file(scenario, {one.path + "=" + one.value});
        INFO(one.path, "=", one.value, ": ", after.diagnostics.show());
        REQUIRE(after.scenario);
        CHECK(write_scenario(*after.scenario) == write_scenario(*before.scenario));
        ++tried;
    }
    CHECK(tried > 20);
}

TEST_CASE("configuration: of what is wrong nothing is shown") {
    const Files files;
    const Configuration found =
        read_configuration(files.write("s.yaml", "understudy: 1\nscenario: s\ntwin: {}\n"));
    CHECK(found.settings.empty());
    CHECK(found.diagnostics.has_errors());
    CHECK(read_configuration(files.path() + "none.yaml").diagnostics.has_errors());
}
