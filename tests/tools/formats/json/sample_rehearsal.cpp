#include "tests/tools/formats/json/sample_rehearsal.h"

#include <cmath>
#include <limits>

namespace understudy::tests {

namespace {

using studies::Accepted;
using studies::CanaryResult;
using studies::Estimate;
using studies::Reason;
using studies::RehearsalResult;
using studies::RollbackResult;
using studies::Verdict;

Estimate estimate(double value, double half_width) { return {value, value - half_width, value + half_width}; }

Accepted entry(const std::string& text, const std::string& measure, Verdict verdict, Reason reason) {
    Accepted one;
    one.text = text;
    one.measure = measure;
    one.unit = "s";
    one.verdict = verdict;
    one.reason = reason;
    one.baseline = 5;
    one.candidate = 6.25;
    return one;
}

studies::ComparedMeasure measure(const std::string& name, const std::string& unit,
                                 std::optional<double> before, std::optional<double> after,
                                 double half_width) {
    studies::ComparedMeasure one;
    one.name = name;
    one.unit = unit;
    one.estimates.resize(2);
    one.estimates[0].value = before;
    one.estimates[1].value = after;
    one.doubts = {"", ""};
    studies::ComparedDifference& difference = one.differences.emplace_back();
    difference.paired = true;
    if (!before || !after) {
        difference.why = name + " has no data";
        return one;
    }
    kernel::Difference& found = difference.difference.emplace();
    found.estimate.centre = *after - *before;
    found.estimate.low = found.estimate.centre - half_width;
    found.estimate.high = found.estimate.centre + half_width;
    found.variance_ratio = half_width > 0 ? 4.5 : std::numeric_limits<double>::infinity();
    found.order = found.estimate.low > 0    ? kernel::Difference::Order::candidate_higher
                  : found.estimate.high < 0 ? kernel::Difference::Order::candidate_lower
                                            : kernel::Difference::Order::undecided;
    if (*before != 0) difference.relative = found.estimate.centre / std::fabs(*before);
    return one;
}

void add_pairs(const std::string& name, RehearsalResult& into) {
    into.verdict = Verdict::violated;
    into.reason = Reason::limit;
    into.replications = 45;
    into.level = 0.99;
    into.warm_up_s = 60;
    into.warm_up_reason = "as asked";
    Accepted kept =
        entry("avg wait(" + name + ") < 9s", "avg wait(" + name + ")", Verdict::met, Reason::none);
    kept.limit = 9;
    kept.estimate = estimate(6.25, 0.5);
    kept.estimate.simulation = studies::PartOfInterval{6, 6.5};
    kept.estimate.input = studies::PartOfInterval{5.8, 6.7};
    Accepted open = entry("share latency(" + name + ") < 3s >= 99%", "share latency(" + name + ")",
                          Verdict::inconclusive, Reason::precision);
    open.unit = "fraction";
    open.comparison = models::Comparison::at_least;
    open.limit = 0.99;
    open.baseline = 0.995;
    open.candidate = 0.9902;
    open.estimate = {0.9902, 0.9880, 0.9921};
    open.smallest_effect = 0.002;
    open.replications_needed = 300;
    open.explanation = "about 300 would settle it";
    Accepted past = entry("increase avg wait(" + name + ") < 1s", "avg wait(" + name + ")", Verdict::violated,
                          Reason::limit);
    past.kind = Accepted::Kind::increase;
    past.limit = 1;
    past.paired = true;
    past.variance_ratio = 4.5;
    past.estimate = estimate(1.25, 0.1);
    Accepted share = past;
    share.text = "increase avg wait(" + name + ") < 50%";
    share.relative = true;
    share.verdict = Verdict::met;
    share.reason = Reason::none;
    share.limit = 0.5;
    share.estimate = estimate(0.25, 0.02);
    share.effect = 0.25;
    share.calibration_error = 0.04;
    into.accepted = {kept, open, past, share};
    into.comparison.measures = {
        measure("avg wait(" + name + ")", "s", 5, 6.25, 0.1), measure("rate cost()", "EUR/h", 9, 7, 0),
        measure("avg present()", "items", 3, 3.01, 0.2),      measure("total lost()", "items", 0, 12, 3),
        measure("avg workers()", "workers", 4, 4, 0),         measure("avg age()", "s", std::nullopt, 4, 0)};
    into.comparison.measures[3].doubts[1] = "the run is too short for it";
    into.warnings = {name + " is nearly full"};
    studies::NoLongerPromised gone;
    gone.text = "p(99) wait(" + name + ") < 20s";
    gone.now = "p(99) wait(" + name + ") < 30s";
    gone.measure = "p(99) wait(" + name + ")";
    gone.unit = "s";
    gone.limit = 20;
    gone.baseline = 15;
    gone.candidate = estimate(18, 1);
    gone.verdict = Verdict::met;
    into.no_longer_promised = {gone};
}

CanaryResult rollout(const std::string& name) {
    CanaryResult found;
    found.verdict = Verdict::inconclusive;
    found.why = "it is not known how often it stops";
    found.shares = {0.05, 0.5, 1};
    found.bake_s = 3600;
    found.check_every_s = 600;
    found.check_failures = 2;
    found.detect = "30s";
    found.goes_in_s = 7200;
    found.stages = {name};
    found.guards = {"avg wait(" + name + ") < 9s"};
    found.shared = {"crew"};
    found.uncounted = {name};
    found.replications = 45;
    found.most = 200;
    found.looks = 2;
    found.looks_at_most = 5;
    found.level = 0.99;
    using Kind = CanaryResult::Case::Kind;
    for (const Kind kind : {Kind::same, Kind::change, Kind::bad}) {
        CanaryResult::Case& one = found.cases.emplace_back();
        one.kind = kind;
        if (kind == Kind::bad) one.text = "set " + name + ".service, to: 2x";
        one.passed = kind == Kind::bad ? 1 : 44;
        one.stopped = 45 - one.passed;
        one.wrong = {1 / 45.0, 0.0006, 0.118};
        one.limit = 0.1;
        one.verdict = kind == Kind::change ? Verdict::inconclusive : Verdict::met;
        one.stopped_at = {one.stopped, 0, 0};
        one.causes = {{found.guards.front(), one.stopped, 0, one.stopped}};
        one.noticed_after = estimate(700, 20);
        one.stopped_after = estimate(760, 20);
        one.passed_after = estimate(10800, 0);
        for (Estimate* mean : {&one.noticed_after, &one.stopped_after}) mean->replications = one.stopped;
        one.passed_after.replications = one.passed;
        one.given = estimate(50, 3);
        one.given.replications = 45;
        one.lost = {estimate(3, 1), estimate(2, 1)};
        one.failed = one.late = one.duplicated = one.left = {estimate(0, 0), estimate(0, 0)};
        one.missed = CanaryResult::Count{estimate(0.2, 0.1), estimate(0.1, 0.1)};
        one.time = {estimate(900, 10), estimate(30, 10)};
    }
    return found;
}

RollbackResult way_back(const std::string& name) {
    RollbackResult found;
    found.verdict = Verdict::met;
    found.replications = 30;
    found.detect = "30min";
    found.until = "waiting(" + name + ") < 1";
    found.edits = {"set " + name + ".service, to: 2x"};
    found.loses_data = {"drop column"};
    const auto stretch = [](double seconds) {
        return RollbackResult::Stretch{30, {seconds, seconds, seconds, 0.95, 0}};
    };
    found.in = stretch(3600);
    found.failed = stretch(0);
    found.detected = stretch(1800);
    found.decided = stretch(60);
    found.back = stretch(480);
    found.done = stretch(500);
    found.drained = stretch(2400);
    found.recovered = stretch(4680);
    found.steps = {{"halt", stretch(120)}, {"restore " + name, stretch(360)}};
    found.backlog_of = "max waiting(" + name + ")";
    found.backlog_unit = "items";
    found.backlog = {estimate(120000, 10), estimate(119000, 10)};
    found.lost = found.duplicated = found.late = {estimate(0, 0), estimate(0, 0)};
    found.missed = RollbackResult::Count{estimate(1, 0), estimate(1, 0)};
    found.promises = {
        {"avg wait(" + name + ") < 9s", "s", models::Comparison::less, 9, estimate(5, 1), estimate(90, 2)}};
    found.safe = {12, estimate(1300, 70)};
    found.safe_tried = 30;
    found.unsafe_because = {"items are lost"};
    return found;
}

studies::Moved moved(const std::string& name) {
    studies::MovedOne slow;
    slow.what = {studies::OneOfMany::Kind::item, name, 8113};
    slow.born_s = 500;
    slow.baseline_s = 5;
    slow.candidate_s = 46;
    slow.at = {{name, {4, 1, 0}, {45, 1, 0}}};
    slow.behind = {{studies::OneOfMany::Kind::batch, name, 77}, name, 38, 3};
    slow.alike = 2;
    studies::MovedOne fast = slow;
    std::swap(fast.baseline_s, fast.candidate_s);
    std::swap(fast.at[0].baseline, fast.at[0].candidate);
    fast.behind.reset();
    studies::Moved found;
    found.items = {100, 40, 10, 1, 2, {slow}, {fast}};
    found.runs = {3, 0, 0, 0, 0, {}, {}};
    found.cut = true;
    return found;
}

}  // namespace

studies::RehearsalResult sample_rehearsal(const std::string& name) {
    RehearsalResult result;
    add_pairs(name, result);
    for (const char* side : {"baseline", "candidate"}) {
        studies::RunResult run;
        run.provenance.scenario_name = name;
        run.provenance.scenario_text = side;
        run.provenance.scenario_digest = std::string("digest of ") + side;
        run.provenance.version = "1.2.3";
        run.provenance.set = {name + ".workers=9"};
        run.fingerprint = "0123abcd";
        run.events = 12345;
        result.runs.push_back({side, run});
    }
    result.variance_ratio = 4.5;
    result.variance_ratio_of = "avg wait(" + name + ")";
    result.seed = 42;
    result.candidate_seed = 42;
    result.most = 200;
    result.looks = 2;
    result.looks_at_most = 5;
    result.comparison.confidence = 0.99;
    result.comparison.only_in_some = {"p(95) wait(x): not in candidate"};
    result.input_reason = "2 inputs drawn anew 100 times";
    result.calibration = {{"makespan", false, 0.04, 12, name + "@3 (fitted)"}};
    result.trusted = "seen in staging";
    RehearsalResult& stressed = result.stresses.emplace_back();
    add_pairs(name, stressed);
    stressed.stress = "surge";
    stressed.runs = result.runs;
    stressed.canary = rollout(name);
    result.canary = rollout(name);
    result.rollback = way_back(name);
    result.moved = moved(name);
    return result;
}

}  // namespace understudy::tests
