// Promised: what is written of a twin that was made from a log can be read again, whatever things are called there.
// Shown: a scenario with labels of every kind of thing that no scenario may hold, written and read.
#include "tools/formats/catalogs/clean_labels.h"

#include <doctest/doctest.h>

#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

namespace understudy::formats {

TEST_CASE("labels with the beginning of a parameter and with control characters are read again") {
    auto reading = read_scenario(R"(understudy: 1
scenario: s
twin:
  pools: {crew: {workers: 1, label: x}}
  stages: {clean: {reads: jobs, runs_on: crew, service: 1s, label: x}}
  pipelines: {p: {schedule: every 1h, label: x, tasks: {a: {runs_on: crew, service: 1s, label: x}}}}
load: {jobs: {arrivals: poisson(1/min), label: x}}
run: {length: 1h}
)",
                                 "s.yaml");
    REQUIRE(reading.scenario);
    models::Scenario scenario = *reading.scenario;
    const std::string odd = "run $(cluster)\x7f \x01$(";
    scenario.loads[0].description.label = odd;
    scenario.twin.pools[0].description.label = odd;
    scenario.twin.stages[0].description.label = odd;
    scenario.twin.pipelines[0].description.label = odd;
    scenario.twin.pipelines[0].tasks[0].description.label = odd;
    CHECK(read_scenario(write_scenario(scenario, {}), "s.yaml").diagnostics.has_errors());
    clean_labels(scenario);
    const auto again = read_scenario(write_scenario(scenario, {}), "s.yaml");
    INFO(again.diagnostics.show());
    REQUIRE(again.scenario);
    CHECK_FALSE(again.diagnostics.has_errors());
    CHECK(again.scenario->twin.pipelines[0].tasks[0].description.label == "run $ (cluster) $ (");
    CHECK(again.scenario->loads[0].description.label == "run $ (cluster) $ (");
}

}  // namespace understudy::formats
