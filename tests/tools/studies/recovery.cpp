// Promised: a disturbance is detected, its backlog is seen, and the time until all is well again is measured, each against
// the same run without it; what nothing comes out of is broken; a disturbance is survived where all is well again, and the
// verdict of the study says so. Shown: one worker twice as fast as its constant load, which fails for 50 s: at 1 item/s
// there are 50 items to make up for, and they are gone 50 s after its end; the same with a surge, where it never becomes
// well again, with another length of the run, and where one of two branches stands still.
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

studies::BreakingPointResult stressed(const std::string& disturb, const std::vector<std::string>& more = {},
                                      const std::string& scenario = base) {
    const auto reading = formats::read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: breaking_point\nsubject_to: [all objectives]\n"
        "vary: {load: [1x, 1.5x]}\n" +
            disturb,
        "study.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    const studies::Study& study = *reading.study;
    return studies::breaking_point(study,
                                   [&](const std::vector<std::string>& overrides) {
                                       std::vector<std::string> all = more;
                                       all.insert(all.end(), overrides.begin(), overrides.end());
                                       auto found = formats::read_scenario(
                                           "understudy: 1\nscenario: b\n" + scenario, "b.yaml", all);
                                       if (!found.scenario)
                                           throw studies::BadSetting(found.diagnostics.show());
                                       return std::move(*found.scenario);
                                   },
                                   {});
}

std::vector<studies::RecoveryResult> recovered(const std::string& disturb,
                                               const std::vector<std::string>& more = {}) {
    return stressed("recovered: waiting(server) < 1\n" + disturb, more).disturbances;
}

/// An open queue of which p(95) latency() is 1.5 s.
const char* const queue = R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 500ms)}}}
load: {jobs: {arrivals: poisson(1/s)}}
run: {length: 4000s, replications: 8, seed: 5, warm_up: 100s}
objectives: [p(95) latency() < 10s]
)";

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

TEST_CASE("without an alert a promise that breaks is what tells, at its instant") {
    const auto results = recovered("disturb: {outage: {at: 100s, for: 50s, fail: server}}\n");
    // Windows of 5 s are looked at each 250 ms: 20 wait once 20 or 21 s are over, and no longer where 31 have left 30 s after
    // the end, from the last of which on a whole window has to pass.
    const studies::RecoveryResult& outage = results.at(0);
    CHECK(outage.window_s == 5);
    CHECK(*outage.detected.seconds.value >= 19);
    CHECK(*outage.detected.seconds.value <= 21.1);
    CHECK(outage.detected_by == std::vector<std::string>{"max waiting(server) < 20"});
    CHECK(outage.survived == studies::Verdict::met);
    REQUIRE(outage.kept_again);
    CHECK(outage.kept_again->seen == 3);
    CHECK(*outage.kept_again->seconds.value == doctest::Approx(35).epsilon(0.1));
    CHECK(*outage.left_more.value == 0);
}

TEST_CASE("how soon it is detected, and well again, does not depend on how long the run goes on") {
    const std::string disturb = "disturb: {outage: {at: 1000s, for: 60s, fail: server}}\n";
    const auto brief = stressed(disturb, {}, queue).disturbances.at(0);
    const auto lengthy = stressed(disturb, {"run.length=20000s"}, queue).disturbances.at(0);
    REQUIRE(brief.detected.seen == 8);
    CHECK(*brief.detected.seconds.value == *lengthy.detected.seconds.value);
    CHECK(*brief.kept_again->seconds.value == *lengthy.kept_again->seconds.value);
    // Who is there then is over the limit within 10 s.
    CHECK(*brief.detected.seconds.value > 5);
    CHECK(*brief.detected.seconds.value < 20);
    CHECK(*brief.detected.seconds.low < *brief.detected.seconds.high);
    CHECK(*brief.kept_again->seconds.low >= 0);
}

TEST_CASE("what nothing comes out of keeps no promise") {
    const auto result = stressed("disturb: {dead: {at: 1000s, fail: server}}\n", {}, queue);
    const studies::RecoveryResult& dead = result.disturbances.at(0);
    CHECK(dead.detected.seen == 8);
    CHECK(*dead.detected.seconds.value < 20);
    CHECK(dead.detected_by == std::vector<std::string>{"p(95) latency() < 10s"});
    CHECK(dead.kept_again->seen == 0);
    CHECK(dead.survived == studies::Verdict::violated);
    CHECK(dead.not_survived == "not well again by the end of the run in 8 of 8 replications");
    // 1/s come in 3000 s; those that came through kept the promise.
    CHECK(*dead.left_more.value == doctest::Approx(3000).epsilon(0.05));
    CHECK(dead.promises.at(0).verdict == studies::Verdict::violated);
    CHECK(*dead.promises.at(0).estimate.value > 1000);
    // The study's verdict says so, though the load as it is holds.
    CHECK(result.levels.at(0).verdict == studies::Verdict::met);
    CHECK(result.verdict == studies::Verdict::violated);
    CHECK(result.explanation.find("'dead' is not survived") != std::string::npos);
}

TEST_CASE("a level of which nothing comes out keeps no promise") {
    const auto result =
        stressed("", {"actions+={at: 1s, fail: server}"}, std::string(queue) + "measures: [max present()]\n");
    CHECK(result.levels.at(0).verdict == studies::Verdict::violated);
    CHECK(result.verdict == studies::Verdict::violated);
    // Where nobody knows who is on the way it is open, for want of data.
    const auto open = stressed("", {"actions+={at: 1s, fail: server}"}, R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, service: exponential(mean 500ms)}
    after: {reads: server, workers: 1, service: 1ms}
load: {jobs: {arrivals: poisson(1/s)}}
run: {length: 4000s, replications: 8, seed: 5, warm_up: 100s}
objectives: [p(95) latency(server -> after) < 10s]
)");
    CHECK(open.levels.at(0).verdict == studies::Verdict::inconclusive);
    CHECK(open.reason == studies::Reason::data);
    CHECK(open.explanation.find("at 1x nothing was seen of p(95) latency(server -> after) < 10s") !=
          std::string::npos);
}

TEST_CASE("those who come through do not hide those who do not") {
    // Half of what comes takes each way; the promise is one of all of it.
    const auto result = stressed("disturb: {half: {at: 1000s, fail: left}}\n", {}, R"(
twin:
  stages:
    door: {reads: jobs, writes: {a: 50%, b: 50%}}
    left: {reads: a, workers: 1, service: exponential(mean 500ms)}
    right: {reads: b, workers: 1, service: exponential(mean 500ms)}
load: {jobs: {arrivals: poisson(1/s)}}
run: {length: 4000s, replications: 4, seed: 5, warm_up: 100s}
objectives: [p(95) latency() < 10s]
)");
    const studies::RecoveryResult& half = result.disturbances.at(0);
    CHECK(half.detected.seen == 4);
    CHECK(*half.detected.seconds.value < 30);
    CHECK(half.kept_again->seen == 0);
    CHECK(half.survived == studies::Verdict::violated);
    CHECK(half.promises.at(0).verdict == studies::Verdict::violated);
}

TEST_CASE("what is broken now and then without it hides none of its doing") {
    // 0.9 of the worker is taken: 100 arrivals make up for 100 s at about 0.1/s, and on the way none is quick.
    const auto results = stressed("disturb: {outage: {at: 1000s, for: 100s, fail: server}}\n", {}, R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 900ms)}}}
load: {jobs: {arrivals: poisson(1/s)}}
run: {length: 30000s, replications: 8, seed: 5, warm_up: 100s}
objectives: [avg latency() < 12s]
)")
                             .disturbances;
    CHECK(results.at(0).kept_again->seen == 8);
    CHECK(*results.at(0).kept_again->seconds.value > 200);
}

TEST_CASE("an excursion of its own, later, is none of the disturbance") {
    // It is not always well without it either; an outage of 5 s is over long before the end.
    const auto results = stressed(
                             "recovered: waiting(server) < 4\n"
                             "disturb: {outage: {at: 1000s, for: 5s, fail: server}}\nwindow: 5s\n",
                             {}, queue)
                             .disturbances;
    REQUIRE(results.at(0).drained);
    CHECK(results.at(0).drained->seen == 8);
    CHECK(*results.at(0).drained->seconds.value < 60);
    CHECK(*results.at(0).drained->seconds.low >= 0);
    CHECK(results.at(0).survived == studies::Verdict::met);
}

TEST_CASE("what does not come back is said, and what is lost is counted") {
    const auto results = recovered(
        "disturb: {gone: {at: 500s, fail: server}, surge: {at: 500s, for: 100s, set: load, to: 3x}}\n");
    const studies::RecoveryResult &gone = results.at(0), &surge = results.at(1);
    CHECK(gone.drained->seen == 0);
    CHECK(gone.kept_again->seen == 0);
    CHECK(gone.survived == studies::Verdict::violated);
    CHECK(surge.survived == studies::Verdict::met);
    CHECK_FALSE(gone.drained->seconds.value);
    // 500 more come and 80 find a place.
    CHECK(*gone.lost_more.value == doctest::Approx(420).epsilon(0.01));
    // 3/s come and 2/s are done: 100 more in 100 s, 80 of which find a place.
    CHECK(*surge.peak.value == doctest::Approx(80).epsilon(0.03));
    CHECK(*surge.lost_more.value == doctest::Approx(20).epsilon(0.2));
    CHECK(*surge.drained->seconds.value == doctest::Approx(80).epsilon(0.05));
}

TEST_CASE("what comes too late for a window is counted, wherever the window is") {
    // 50 s of an outage, and 50 s in which what has piled up is worked off: it waits for up to 50 s.
    const auto windowed = stressed("disturb: {outage: {at: 100s, for: 50s, fail: server}}\n", {}, R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, service: 500ms}
    after: {reads: server, window: {size: 10s, lateness: 1s}}
load: {jobs: {arrivals: every 1s}}
run: {length: 1000s, replications: 3, seed: 5, warm_up: 10s}
objectives: [max waiting(server) < 20]
)")
                              .disturbances.at(0);
    CHECK(*windowed.late.value > 50);
    CHECK(*windowed.late.value < 100);
    CHECK(*windowed.late_more.value == *windowed.late.value);
}

TEST_CASE("a disturbance before the warm-up is over is judged with a warning") {
    const auto told = [](const std::string& at) {
        for (const std::string& one :
             stressed("disturb: {outage: {at: " + at + ", for: 5s, fail: server}}\n").warnings)
            if (one.starts_with("'outage' comes before the warm-up is over")) return true;
        return false;
    };
    CHECK(told("5s"));
    CHECK_FALSE(told("10s"));
}
