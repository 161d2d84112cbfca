// Promised: a disturbance is detected, its backlog is seen, and the time until all is well again is measured, each against
// the same run without it. Shown: one worker twice as fast as its constant load, which fails for 50 s: at 1 item/s there
// are 50 items to make up for, and they are gone 50 s after its end; the same with a surge, and where it never becomes
// well again.
#include "tools/studies/recovery.h"

#include <doctest/doctest.h>

#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/studies/breaking_point.h"

using namespace understudy;

namespace {

const char* const base = R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 500ms, queue: {capacity: 80, full: drop}}}}
load: {jobs: {arrivals: every 1s}}
run: {length: 1000s, replications: 3, seed: 5, warm_up: 10s}
objectives: [max waiting(server) < 20]
)";
const char* const alarm_action = "actions+={when: waiting(server) > 10, alert: too many}";

std::vector<studies::RecoveryResult> recovered(const std::string& disturb,
                                               const std::vector<std::string>& more = {}) {
    const auto reading = formats::read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: breaking_point\nsubject_to: [all objectives]\n"
        "vary: {load: [1x, 1.5x]}\nrecovered: waiting(server) < 1\n" +
            disturb,
        "study.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    const studies::Study& study = *reading.study;
    return studies::breaking_point(study,
                                   [&](const std::vector<std::string>& overrides) {
                                       std::vector<std::string> all = more;
                                       all.insert(all.end(), overrides.begin(), overrides.end());
                                       auto scenario = formats::read_scenario(
                                           std::string("understudy: 1\nscenario: b\n") + base, "b.yaml", all);
                                       if (!scenario.scenario)
                                           throw studies::BadSetting(scenario.diagnostics.show());
                                       return std::move(*scenario.scenario);
                                   },
                                   {})
        .disturbances;
}

}  // namespace

TEST_CASE("an outage is detected, piles up, and drains as fast as is to spare") {
    const auto results = recovered(
        "disturb: {outage: {at: 100s, for: 50s, fail: server}, none: {at: 100s, set: server.failure, to: "
        "0%}}\n",
        {alarm_action});
    REQUIRE(results.size() == 2);
    const studies::RecoveryResult& outage = results[0];
    CHECK(outage.name == "outage");
    CHECK(outage.replications == 3);
    CHECK(outage.at_s == 100);
    CHECK(*outage.lasts_s == 50);
    // The first stands in line at once, so that more than ten wait 10 s later.
    CHECK(outage.detected.seen == 3);
    CHECK(*outage.detected.seconds.value == doctest::Approx(10));
    CHECK(outage.detected_by == std::vector<std::string>{"an alert"});
    CHECK(outage.peak_of == "max waiting(server)");
    CHECK(*outage.peak.value == doctest::Approx(50).epsilon(0.03));
    CHECK(*outage.peak_without.value < 2);
    REQUIRE(outage.drained);
    CHECK(outage.drained->seen == 3);
    CHECK(*outage.drained->seconds.value == doctest::Approx(50).epsilon(0.05));
    CHECK(*outage.lost.value == 0);
    CHECK(outage.promises.at(0).verdict == studies::Verdict::violated);
    // What does nothing is not detected, and all stays well.
    const studies::RecoveryResult& none = results[1];
    CHECK(none.detected.seen == 0);
    CHECK(none.drained->seen == 3);
    CHECK(*none.drained->seconds.value == 0);
    CHECK(*none.lost_more.value == 0);
}

TEST_CASE("without an alert a promise that breaks is what tells") {
    const auto results = recovered("disturb: {outage: {at: 100s, for: 50s, fail: server}}\n");
    // Stretches of 45 s: 20 wait within the first.
    CHECK(*results.at(0).detected.seconds.value == doctest::Approx(45));
    CHECK(results.at(0).detected_by == std::vector<std::string>{"max waiting(server) < 20"});
}

TEST_CASE("what does not come back is said, and what is lost is counted") {
    const auto results = recovered(
        "disturb: {gone: {at: 500s, fail: server}, surge: {at: 500s, for: 100s, set: load, to: 3x}}\n");
    const studies::RecoveryResult &gone = results.at(0), &surge = results.at(1);
    CHECK(gone.drained->seen == 0);
    CHECK_FALSE(gone.drained->seconds.value);
    // 500 more come and 80 find a place.
    CHECK(*gone.lost_more.value == doctest::Approx(420).epsilon(0.01));
    // 3/s come and 2/s are done: 100 more in 100 s, 80 of which find a place.
    CHECK(*surge.peak.value == doctest::Approx(80).epsilon(0.03));
    CHECK(*surge.lost_more.value == doctest::Approx(20).epsilon(0.2));
    CHECK(*surge.drained->seconds.value == doctest::Approx(80).epsilon(0.05));
}
