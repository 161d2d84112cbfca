#include "tests/tools/formats/json/sample_stress.h"

#include <string>

namespace understudy::tests {

using studies::Estimate;
using studies::RecoveryResult;
using studies::Verdict;

namespace {

Estimate about(double value, double half) {
    Estimate estimate;
    estimate.value = value;
    estimate.low = value - half;
    estimate.high = value + half;
    return estimate;
}

studies::Level level_of(double load, Verdict verdict, double latency) {
    studies::Level level;
    level.number = load;
    level.value = std::to_string(load).substr(0, 4) + "x";
    level.verdict = verdict;
    level.replications = 12;
    level.promises = {{"avg latency() < 2s", "s", 2, verdict, about(latency, 0.1 * latency)},
                      {"share lost() < 1%", "fraction", 0.01, Verdict::met, about(0, 0)}};
    if (verdict == Verdict::violated) level.broken = {"avg latency() < 2s"};
    level.measures = {{"rate completed()", "items/s", about(10 * load, 0.1)},
                      {"avg latency()", "s", about(latency, 0.1 * latency)},
                      {"p(95) latency()", "s", about(3 * latency, 0.2 * latency)},
                      {"p(99) latency()", "s", about(5 * latency, latency)},
                      {"share lost()", "fraction", about(0, 0)},
                      {"avg utilisation(two)", "fraction", about(load / 2, 0.01)},
                      {"avg lag(reader)", "items", about(40 * load, 2)},
                      {"max lag(reader)", "items", about(400 * load, 20)}};
    level.most_loaded = "two";
    level.series = {{"waiting", "items", 60, {0, 2 * latency, 3 * latency}},
                    {"lag", "items", 60, {0, 30 * load, 40 * load}}};
    return level;
}

studies::Level by_formula(double load, Verdict verdict, std::string why) {
    studies::Level level;
    level.number = load;
    level.value = std::to_string(load).substr(0, 4) + "x";
    level.verdict = verdict;
    level.by_formula = true;
    level.why = std::move(why);
    return level;
}

RecoveryResult disturbance(std::string name) {
    RecoveryResult one;
    one.name = std::move(name);
    one.at_s = 1200;
    one.replications = 12;
    return one;
}

std::vector<studies::Station> stations() {
    studies::Station two, one;
    two.name = "two";
    two.utilisation = about(0.9, 0.01);
    two.expected = 0.9;
    two.ceiling = about(11.1, 0.1);
    two.expected_ceiling = 11.111;
    two.active_period = about(0.9, 0.05);
    two.bottleneck = about(0.84, 0.01);
    two.shifting = about(0.15, 0.01);
    one.name = "one";
    one.utilisation = about(0.5, 0.01);
    return {two, one};
}

}  // namespace

formats::StressAnswer sample_stress() {
    formats::StressAnswer answer;
    answer.study.name = "shop-outage";
    answer.study.base = "shop.yaml";
    answer.study.changes = {"faster.yaml"};
    answer.study.method = studies::Study::Method::breaking_point;
    answer.study.set = {"two.workers=2"};
    answer.study.growth.emplace().written = "3% per month";

    studies::BreakingPointResult& result = answer.result;
    result.seed = 3;
    result.factor = "load";
    result.verdict = Verdict::violated;
    result.reason = studies::Reason::limit;
    result.explanation = "'dead' is not survived";
    result.levels = {level_of(0.5, Verdict::met, 0.34),
                     level_of(1, Verdict::met, 1.2),
                     by_formula(1.25, Verdict::met, "avg latency() is 1.9 s (exact)"),
                     level_of(1.5, Verdict::inconclusive, 2.1),
                     level_of(1.75, Verdict::violated, 90),
                     by_formula(4, Verdict::violated, "two is offered more than it can do")};
    result.holds_at = 2;
    result.breaks_at = 4;
    result.breaks_first = {"avg latency() < 2s"};
    result.knee = studies::Knee{0, 1, 3, true, false};
    result.holds_until = "2027-01-08";
    result.breaks_by = "2028-01-07";
    result.replications = 65;
    result.warm_up_s = 300;
    result.warm_up_reason = "as asked";
    result.warnings = {"a load of users throttles itself"};
    result.levels[3].promises[0].estimate.simulation = {1.9, 2.3};
    result.levels[3].promises[0].estimate.input = {1.8, 2.4};

    RecoveryResult outage = disturbance("outage");
    outage.lasts_s = 60;
    outage.survived = Verdict::met;
    outage.window_s = 6;
    outage.detected = {12, about(3.4, 0.6)};
    outage.detected_by = {"an alert", "avg latency() < 2s"};
    outage.peak_of = "max waiting(three)";
    outage.peak_unit = "items";
    outage.peak = about(612, 15);
    outage.peak_without = about(22, 2);
    outage.kept_again = {11, about(154, 30)};
    outage.drained = RecoveryResult::Timing{12, about(143, 9)};
    outage.late = about(120, 10);
    outage.late_more = about(110, 10);
    outage.lost = outage.lost_more = outage.dead_lettered_more = outage.left = outage.left_more = about(0, 0);
    outage.promises = {{"avg latency() < 2s", "s", 2, Verdict::violated, about(9, 1)}};
    RecoveryResult dead = outage;
    dead.name = "dead";
    dead.lasts_s.reset();
    dead.survived = Verdict::violated;
    dead.not_survived = "not well again by the end of the run in 12 of 12 replications";
    dead.drained->seen = 0;
    dead.drained->seconds = {};
    dead.dead_lettered_more = about(5, 1);
    RecoveryResult unknown = disturbance("unknown");
    unknown.why = "there was no room for it";
    result.disturbances = {outage, dead, unknown};

    studies::BottlenecksResult& found = answer.bottlenecks.emplace();
    found.target = "avg latency()";
    found.target_unit = "s";
    found.target_now = about(1.2, 0.06);
    found.stations = stations();
    found.by_activity = {studies::Foremost{"two", true}, studies::Foremost{"two", false}};
    found.replications = 12;
    found.remedies = {{studies::Remedy::Kind::worker, "two", "two.workers=2", "one more worker (1 to 2)",
                       about(0.77, 0.1), true, about(-0.77, 0.1), about(0, 0.01)},
                      {studies::Remedy::Kind::places, "one", "one.queue=8", "twice the places (4 to 8)",
                       about(-0.01, 0.02), false, about(0.01, 0.02), about(0, 0.01)}};
    found.fixed = {"two", "two.speed=2", about(0.42, 0.01), stations(), {studies::Foremost{"one", true}, {}}};
    return answer;
}

}  // namespace understudy::tests
