// Promised: how workers scale is shown with the intervals of all parameters, and a peak only where there surely is one.
// Shown: laws made by hand.
#include "tools/reports/sensitivity_report.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;

namespace {

kernel::Estimate within(double low, double centre, double high) {
    kernel::Estimate estimate;
    estimate.low = low;
    estimate.centre = centre;
    estimate.high = high;
    return estimate;
}

std::string shown(double least_coherence, std::optional<double> off_by = std::nullopt) {
    studies::Study study;
    study.method = studies::Study::Method::one_at_a_time;
    study.factors.resize(1);
    study.factors[0].path = "pack.workers";
    kernel::Scalability law;
    law.rate = within(9, 10, 11);
    law.contention = within(0.04, 0.05, 0.06);
    law.coherence = within(least_coherence, 0.0005, 0.0006);
    law.peak_workers = within(40, 43.6, 48);
    law.peak_throughput = 107;
    law.off_by = off_by;
    studies::SensitivityOfMeasure measure;
    measure.name = "rate completed(pack)";
    measure.unit = "items/s";
    measure.at_base = 10;
    measure.scaling.push_back({0, law});
    studies::SensitivityResult result;
    result.measures.push_back(measure);
    return reports::sensitivity_report(study, result, 200);
}

}  // namespace

TEST_CASE("how workers scale is shown with intervals, and a peak where there surely is one") {
    const std::string sure = shown(0.0004);
    INFO(sure);
    CHECK(sure.find(
              "pack.workers scales with 10 items/s (9 to 11) each, contention 5 % (4 to 6), coherence 0.05 % "
              "(0.04 to 0.06); most at 43.6 (40 to 48)") != std::string::npos);
    const std::string unsure = shown(0);
    INFO(unsure);
    CHECK(unsure.find("most at") == std::string::npos);
    CHECK(unsure.find("no peak that is sure") != std::string::npos);
    CHECK(shown(0.0004, 0.2).find("most at") == std::string::npos);
}

TEST_CASE("finite differences stand below the settings that they come from") {
    studies::Study study;
    study.method = studies::Study::Method::one_at_a_time;
    study.factors.resize(1);
    study.factors[0].path = "server.workers";
    study.factors[0].steps.resize(2);
    study.factors[0].steps[0].text = "2";
    study.factors[0].steps[1].text = "3";
    studies::SensitivityOfMeasure measure;
    measure.name = "avg wait(server)";
    measure.unit = "s";
    measure.at_base = 4;
    measure.settings.resize(2);
    for (const std::size_t step : {0U, 1U}) {
        auto& setting = measure.settings[step];
        setting.step = step;
        setting.value = step == 0 ? 3 : 2;
        setting.difference.emplace();
        setting.difference->estimate = within(-2.5, setting.value - 4, -0.5);
        setting.difference->order = kernel::Difference::Order::candidate_lower;
    }
    studies::SensitivityResult result;
    result.measures.push_back(measure);
    CHECK(reports::sensitivity_report(study, result, 200).find("for each one of it") == std::string::npos);
    result.measures[0].settings[1].per_unit = within(-1.25, -1, -0.75);
    const std::string text = reports::sensitivity_report(study, result, 200);
    CHECK(text.find("for each one of it") != std::string::npos);
    CHECK(text.find("2 to 3  -1 s (-1.25 to -0.75)") != std::string::npos);
}

TEST_CASE("all values of a measure are in the unit of the largest") {
    studies::Study study;
    study.method = studies::Study::Method::one_at_a_time;
    study.factors.resize(1);
    study.factors[0].path = "check.failure";
    study.factors[0].steps.resize(1);
    study.factors[0].steps[0].text = "20%";
    studies::SensitivityOfMeasure measure;
    measure.name = "rate completed(t)";
    measure.unit = "items/s";
    measure.at_base = 1.008;
    measure.settings.resize(1);
    measure.settings[0].value = 0.975;
    measure.settings[0].difference.emplace();
    measure.settings[0].difference->estimate = within(-0.04, -0.033, -0.02);
    measure.settings[0].difference->order = kernel::Difference::Order::candidate_lower;
    studies::SensitivityResult result;
    result.measures.push_back(measure);
    const std::string text = reports::sensitivity_report(study, result, 200);
    INFO(text);
    CHECK(text.find("1.008 items/s") != std::string::npos);
    CHECK(text.find("0.975 items/s  -0.033 items/s (-0.04 to -0.02)") != std::string::npos);
    CHECK(text.find("/h") == std::string::npos);
}

TEST_CASE("a total index below the one alone is said to be chance") {
    studies::Study study;
    study.method = studies::Study::Method::sobol;
    study.factors.resize(1);
    study.factors[0].path = "server.workers";
    studies::SensitivityOfMeasure measure;
    measure.name = "avg wait(server)";
    measure.unit = "s";
    kernel::SobolIndices indices;
    indices.first = {within(0, 0.02, 0.05)};
    indices.total = {within(0, 0.03, 0.04)};
    indices.mean = within(3, 3.2, 3.4);
    indices.variance = within(0.25, 0.36, 0.49);
    measure.indices = indices;
    studies::SensitivityResult result;
    result.measures.push_back(measure);
    CHECK(reports::sensitivity_report(study, result, 200).find("the same but for chance") ==
          std::string::npos);
    CHECK(reports::sensitivity_report(study, result, 200)
              .find("mean 3.2 s (3 to 3.4), sd 600 ms (500 to 700); noise") != std::string::npos);
    result.measures[0].indices->total[0].centre = 0.01;
    CHECK(reports::sensitivity_report(study, result, 200).find("1 % (0 to 4)  the same but for chance") !=
          std::string::npos);
}
