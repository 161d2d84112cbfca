// Promised: what a study asks of its base and that does not have is found at its place in the study. Shown: a stage that is
// not there; values and disturbances, with the base from a file, in tests/rejected.
#include "tools/formats/language/study_checks.h"

#include <doctest/doctest.h>

#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::formats;

TEST_CASE("what a study measures is looked for in its base") {
    auto base = read_scenario(
        "understudy: 1\nscenario: b\ntwin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}\n"
        "load: {jobs: {arrivals: poisson(0.5/s)}}\nrun: {length: 1h}\n",
        "b.yaml");
    REQUIRE(base.scenario.has_value());
    auto reading = read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: sobol\nvary: {server.workers: 1..2}\n"
        "measures:\n  - avg wait(server)\n  - avg wait(sever)\n",
        "s.yaml");
    REQUIRE(reading.study.has_value());
    check_measures(reading, *base.scenario);
    CHECK_FALSE(reading.study.has_value());
    CHECK(reading.diagnostics.show().find("s.yaml:8:5: error: ") == 0);
    CHECK(reading.diagnostics.show().find("did you mean 'server'?") != std::string::npos);
}
