#include "tests/tools/studies/sample.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tools/formats/language/scenario_reader.h"

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

bool warns(const studies::RunResult& result, const std::string& part) {
    return std::any_of(result.warnings.begin(), result.warnings.end(),
                       [&](const auto& warning) { return warning.text.find(part) != std::string::npos; });
}

}  // namespace understudy::tests
