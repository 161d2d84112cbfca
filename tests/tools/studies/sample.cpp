#include "tests/tools/studies/sample.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"

namespace understudy::tests {

studies::PreparedRun prepared(const std::string& rest) {
    auto reading = formats::read_scenario("understudy: 1\nscenario: sample\n" + rest, "sample.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    models::Problems problems;
    auto ready = studies::prepare(std::move(*reading.scenario), problems);
    REQUIRE(ready);
    return std::move(*ready);
}

studies::RunResult simulated(const studies::PreparedRun& run) {
    studies::RunOptions options;
    options.threads = 1;
    return studies::run(run, options);
}

std::string bytes_of(const studies::RunResult& result) { return formats::result_file_bytes(result); }

studies::RunResult reread(const studies::RunResult& result) {
    const ScratchFolder folder;
    formats::write_result(folder / "r.h5", result);
    return formats::read_result(folder / "r.h5", formats::Contents::everything).result;
}

bool warns(const studies::RunResult& result, const std::string& part) {
    return std::any_of(result.warnings.begin(), result.warnings.end(),
                       [&](const auto& warning) { return warning.text.find(part) != std::string::npos; });
}

models::Scenario twin_of_jobs() {
    models::Scenario scenario;
    models::Stage stage;
    stage.name = "work";
    stage.reads = {"jobs"};
    stage.work.workers.emplace();
    stage.work.workers->count = 1;
    scenario.twin.stages.push_back(stage);
    models::Load load;
    load.name = "jobs";
    load.arrivals.rate = 1;
    scenario.loads.push_back(load);
    return scenario;
}

}  // namespace understudy::tests
