// Promised: an objective is judged on an exact value, on an approximate one only if it lies farther from the limit than
// it may be off, and on none else; unstable and critical are reasons of their own; what formulas say stands beside what
// a run finds. Shown: judgements of made-up answers, and small scenarios.
#include "tools/studies/analytic.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/tools/studies/sample.h"

using namespace understudy;
using models::Answer;
using studies::Reason;
using studies::Verdict;

namespace {

studies::AnalyticObjective judged(Answer::Kind kind, double value, double error, double limit,
                                  models::Comparison comparison = models::Comparison::less) {
    models::Objective objective;
    objective.limit = limit;
    objective.comparison = comparison;
    Answer answer;
    answer.kind = kind;
    answer.value = value;
    answer.error = error;
    return studies::judge(objective, answer);
}

std::string server(const std::string& rate, const std::string& more) {
    return "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\nload: {jobs: "
           "{arrivals: "
           "poisson(" +
           rate + ")}}\nrun: {length: 2h, warm_up: 10min, replications: 4}\n" + more;
}

}  // namespace

TEST_CASE("exact and approximate values, and their limits") {
    constexpr auto exact = Answer::Kind::exact, approximate = Answer::Kind::approximate;
    CHECK(judged(exact, 5, 0, 6).verdict == Verdict::met);
    CHECK(judged(exact, 7, 0, 6).verdict == Verdict::violated);
    CHECK(judged(exact, 7, 0, 6).reason == Reason::limit);
    // What is the limit but for rounding is kept where the limit may be reached, and not else.
    for (const double value : {6.0, 6 * (1 + 1e-15), 6 * (1 - 1e-15)}) {
        CHECK(judged(exact, value, 0, 6).verdict == Verdict::violated);
        CHECK(judged(exact, value, 0, 6, models::Comparison::greater).verdict == Verdict::violated);
        CHECK(judged(exact, value, 0, 6, models::Comparison::at_most).verdict == Verdict::met);
        CHECK(judged(exact, value, 0, 6, models::Comparison::at_least).verdict == Verdict::met);
    }
    CHECK(judged(exact, 7, 0, 6, models::Comparison::greater).verdict == Verdict::met);
    CHECK(judged(exact, 0, 0, 0, models::Comparison::at_most).verdict == Verdict::met);
    CHECK(judged(approximate, 5, 0.1, 6).verdict == Verdict::met);
    CHECK(judged(approximate, 5, 0.3, 6).verdict == Verdict::inconclusive);
    CHECK(judged(approximate, 5, 0.3, 6).reason == Reason::precision);
    CHECK(judged(approximate, 10, 0.3, 6).verdict == Verdict::violated);
    CHECK(judged(approximate, 5, std::numeric_limits<double>::infinity(), 1e9).verdict ==
          Verdict::inconclusive);
    CHECK(judged(Answer::Kind::refused, 0, 0, 6).reason == Reason::data);
}

TEST_CASE("the verdict of a scenario") {
    const auto verdict = [](const std::string& rate, const std::string& more) {
        return studies::answer_analytically(tests::prepared(server(rate, more)), "");
    };
    CHECK(verdict("0.5/s", "objectives: [avg wait(server) < 2s]\n").verdict == Verdict::met);
    CHECK(verdict("0.5/s", "objectives: [avg wait(server) < 2s, p(50) wait(server) > 2s]\n").verdict ==
          Verdict::violated);
    const auto unstable = verdict("1.5/s", "objectives: [avg wait(server) < 2s]\n");
    CHECK((unstable.verdict == Verdict::inconclusive && unstable.reason == Reason::unstable));
    const auto critical = verdict("1/s", "objectives: [avg wait(server) < 2s]\n");
    CHECK((critical.verdict == Verdict::inconclusive && critical.reason == Reason::critical));
    CHECK(verdict("0.5/s", "").reason == Reason::no_objectives);
    CHECK(verdict("0.5/s", "objectives: [max wait(server) < 2s]\n").reason == Reason::data);
    const auto nothing = verdict("0.5/s", "actions: [{at: 1h, set: server.workers, to: 2}]\n");
    CHECK(nothing.answers_something());  // the expected utilisation
}

TEST_CASE("beside a run stands what formulas say of each metric") {
    const auto run = tests::prepared(server("0.5/s", "measures: [max wait(server)]\n"));
    const auto result = tests::simulated(run);
    std::size_t exact = 0;
    for (const auto& metric : result.metrics) {
        INFO(metric.name);
        if (metric.name.starts_with("max")) CHECK(metric.expected.kind == Answer::Kind::refused);
        if (metric.expected.kind != Answer::Kind::exact) continue;
        ++exact;
        CHECK(*metric.estimate.value == doctest::Approx(metric.expected.value).epsilon(0.2));
    }
    CHECK(exact >= 8);
}

TEST_CASE("formulas meet nothing where there are constraints, and name them") {
    const auto answered = [](const std::string& more) {
        return studies::answer_analytically(
            tests::prepared(server("0.5/s", "objectives: [avg latency(server) < " + more)), "");
    };
    const std::string constraint =
        "actions: [{when: waiting(server) > 9, alert: too long a line, level: fail}]\n";
    const auto kept = answered("10s]\n" + constraint);
    CHECK(kept.objectives.front().verdict == Verdict::met);
    CHECK(kept.verdict == Verdict::inconclusive);
    CHECK(kept.reason == Reason::constraint);
    CHECK(kept.constraints == std::vector<std::string>{"too long a line"});
    CHECK(answered("1s]\n" + constraint).verdict == Verdict::violated);
    CHECK(answered("10s]\nactions: [{when: waiting(server) > 9, alert: a long line}]\n").verdict ==
          Verdict::met);
}
