// Promised: a study of workers that share what only one can hold finds how much that is, where the universal scalability
// law fits, and says by how much it is off where it does not. Shown: simulated workers behind a lock, with a known share
// of contention, few enough for the law and so many that the lock alone decides.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/tools/studies/sample.h"
#include "tools/formats/json/sensitivity_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/reports/sensitivity_report.h"
#include "tools/studies/sensitivity.h"

using namespace understudy;

namespace {

struct Studied {
    studies::Study study;
    studies::SensitivityResult result;
};

/// Each item takes a worker for 1 s, and then a lock for `held` on average, its worker waiting with it.
Studied behind_a_lock(const std::string& workers, const std::string& held) {
    const auto reading = formats::read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: one_at_a_time\nvary: "
        "{server.workers: " +
            workers + "}\nmeasures: [rate completed(server)]\n",
        "study.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    const std::string base =
        "understudy: 1\nscenario: b\ntwin: {pools: {lock: {workers: 1}}, stages: {server: {reads: jobs, "
        "workers: 1, "
        "queue: {capacity: 0, full: block}, service: exponential(mean 1s), writes: locked, holds_until: "
        "crit}, crit: "
        "{reads: locked, runs_on: lock, service: exponential(mean " +
        held +
        ")}}}\nload: {jobs: {arrivals: saturated}}\nrun: {length: 20min, warm_up: 2min, replications: 8, "
        "seed: 1}\n";
    return {*reading.study,
            studies::sensitivity(*reading.study,
                                 [&](const std::vector<std::string>& overrides) {
                                     auto scenario = formats::read_scenario(base, "b.yaml", overrides);
                                     if (!scenario.scenario)
                                         throw studies::BadSetting(scenario.diagnostics.show());
                                     return std::move(*scenario.scenario);
                                 },
                                 {})};
}

}  // namespace

TEST_CASE("workers before a lock that they hardly fill scale with its contention") {
    const auto [study, result] = behind_a_lock("[1, 2, 3, 4, 6, 8]", "0.05s");
    REQUIRE(result.measures[0].scaling.size() == 1);
    const kernel::Scalability& law = result.measures[0].scaling[0].law;
    CHECK(law.rate.contains(1 / 1.05));
    // What waits for the lock is a little of what it does at most.
    CHECK(law.contention.low < 0.05);
    CHECK(law.contention.high > 0.0);
    CHECK_FALSE(law.off_by);
}

TEST_CASE("where the lock alone decides the law is said not to fit") {
    const auto [study, result] = behind_a_lock("[1, 2, 4, 8, 16, 32, 48, 64]", "0.05s");
    REQUIRE(result.measures[0].scaling.size() == 1);
    const kernel::Scalability& law = result.measures[0].scaling[0].law;
    REQUIRE(law.off_by);
    CHECK(*law.off_by > 0.02);
    CHECK(*law.off_by < 0.5);
    // From 32 workers on it stays level: a narrow interval of a peak would be a wrong one.
    if (law.peak_workers) CHECK(law.peak_workers->high - law.peak_workers->low > 5);
    CHECK(reports::sensitivity_report(study, result, 100)
              .find("the law does not fit these measurements: off by up to ") != std::string::npos);
    CHECK(formats::sensitivity_as_json(study, result).find("\"off_by\"") != std::string::npos);
}

TEST_CASE("where schedules say how much is done, workers are not said to scale") {
    const auto reading = formats::read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: one_at_a_time\nvary: {spark.workers: [1, 2, 3, 4]}\n"
        "measures: [rate completed(nightly)]\n",
        "study.yaml");
    REQUIRE(reading.study.has_value());
    const std::string base =
        "understudy: 1\nscenario: b\ntwin: {pools: {spark: {workers: 2}}, pipelines: {nightly: {schedule: "
        "every "
        "10min, tasks: {a: {runs_on: spark, service: exponential(mean 1min)}}}}}\n"
        "run: {length: 5h, replications: 4, seed: 1}\n";
    const auto result = studies::sensitivity(*reading.study,
                                             [&](const std::vector<std::string>& overrides) {
                                                 auto scenario =
                                                     formats::read_scenario(base, "b.yaml", overrides);
                                                 if (!scenario.scenario)
                                                     throw studies::BadSetting(scenario.diagnostics.show());
                                                 return std::move(*scenario.scenario);
                                             },
                                             {});
    REQUIRE(result.measures.size() == 1);
    CHECK(result.measures[0].settings.size() == 4);
    CHECK(result.measures[0].scaling.empty());
}
