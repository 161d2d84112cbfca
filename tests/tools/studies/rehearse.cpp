// Promised: what happens alike differs by exactly 0 and is accepted at the first look; a slower service is told, its
// difference held by the interval, and judged by its margin, absolute or relative; pairs make that far surer than
// independent runs; rare errors in few pairs are never taken to be none; without a steady state nothing is compared; a
// stage that has nothing to do with it changes nothing; threads change nothing; all intervals hold together whenever one
// stops, and an identical candidate with random numbers of its own is rarely taken to be another.
// Shown: queues whose truth is known, and results made by hand. UNDERSTUDY_COVERAGE=500 gives the numbers of
// docs/statistics.md.
#include "tools/studies/rehearse.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tools/formats/json/rehearse_json.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/increase.h"

using namespace understudy;
using studies::Accepted;
using studies::Reason;
using studies::Verdict;

namespace {

models::Scenario scenario(const std::string& rest) {
    auto reading = formats::read_scenario("understudy: 1\nscenario: sample\n" + rest, "sample.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return std::move(*reading.scenario);
}

/// M/M/1 whose mean service is this long; `more` stands for further stages and loads.
std::string queue(const std::string& service, const std::string& run = "length: 2h, warm_up: 10min",
                  const std::string& objectives = "", const std::string& arrivals = "0.8",
                  const std::string& stages = "", const std::string& loads = "") {
    return "twin:\n  stages:\n    server: {reads: jobs, workers: 1, service: exponential(mean " + service +
           ")}\n" + stages + "load:\n  jobs: {arrivals: poisson(" + arrivals + "/s)}\n" + loads + "run: {" +
           run + "}\n" + (objectives.empty() ? "" : "objectives: [" + objectives + "]\n");
}

models::Acceptance acceptance(const std::vector<std::string>& texts) {
    models::Acceptance accepted;
    std::string currency;
    for (const std::string& text : texts) formats::read_accepted(text, currency, accepted);
    return accepted;
}

studies::PreparedPair pair_of(const std::string& baseline, const std::string& candidate,
                              const std::vector<std::string>& accept) {
    studies::PairProblems problems;
    auto pair = studies::prepare_pair(scenario(baseline), scenario(candidate), acceptance(accept), problems);
    for (const models::Problem& problem : problems.acceptance) INFO(problem.path << ": " << problem.message);
    REQUIRE(pair);
    return std::move(*pair);
}

studies::RehearsalResult rehearsed(const std::string& baseline, const std::string& candidate,
                                   const std::vector<std::string>& accept,
                                   studies::RehearseOptions options = {}) {
    return studies::rehearse(pair_of(baseline, candidate, accept), options);
}

bool holds(const studies::Estimate& estimate, double truth) {
    return estimate.low && *estimate.low <= truth && truth <= *estimate.high;
}

bool warns_of(const studies::RehearsalResult& result, const std::string& part) {
    return std::any_of(result.warnings.begin(), result.warnings.end(),
                       [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

/// A measure that each replication has one value of.
studies::MetricResult metric(const std::string& name, std::vector<double> values) {
    studies::MetricResult made;
    made.name = name;
    made.unit = "failures";
    made.by_replication = std::move(values);
    const auto interval = kernel::mean_interval(made.by_replication, 0.95);
    made.estimate = {interval->centre, interval->low, interval->high, 0.95,
                     static_cast<std::int64_t>(made.by_replication.size())};
    return made;
}

models::Increase increase(const std::string& text) { return acceptance({text}).increases.front(); }

}  // namespace

TEST_CASE("an identical candidate differs by exactly 0, and is accepted at the first look") {
    const std::string text =
        queue("1s", "length: 2h, warm_up: 10min, replications: 10", "avg wait(server) < 10s");
    const auto result =
        rehearsed(text, text,
                  {"all objectives", "increase avg latency() <= 0s", "increase p(95) latency(server) < 1%",
                   "increase share failed(server) < 1%"});
    CHECK(result.verdict == Verdict::met);
    CHECK(result.same_model);
    CHECK(result.same_events);
    CHECK(result.looks == 1);
    CHECK(result.replications == 10);
    REQUIRE(result.accepted.size() == 4);
    for (const Accepted& entry : result.accepted) {
        INFO(entry.text);
        CHECK(entry.verdict == Verdict::met);
        if (entry.kind == Accepted::Kind::objective) continue;
        CHECK(entry.estimate.value == 0.0);
        CHECK(entry.estimate.low == 0.0);
        CHECK(entry.estimate.high == 0.0);
    }
    CHECK(result.comparison.measures.size() > 5);
    for (const auto& measure : result.comparison.measures) {
        INFO(measure.name);
        REQUIRE(measure.differences.front().difference);
        CHECK(measure.differences.front().difference->estimate.low == 0);
        CHECK(measure.differences.front().difference->estimate.high == 0);
    }
    // Nothing is less than itself.
    const auto less = rehearsed(text, text, {"increase avg latency() < 0"});
    CHECK(less.verdict == Verdict::violated);
    CHECK(less.reason == Reason::limit);
}

TEST_CASE("a service that is 2 percent slower is told, and judged by the margin") {
    // W = 1 / (1 - 0.8) = 5 s; 1.02 / (1 - 0.816) = 5.5435 s.
    const double truth = 1.02 / (1 - 0.816) - 5;
    const std::string run = "length: 50000s, warm_up: 2000s, replications: 40";
    const std::string baseline = queue("1s", run), candidate = queue("1.02s", run);
    studies::RehearseOptions options;
    options.most = 40;
    const auto paired = rehearsed(baseline, candidate,
                                  {"increase avg latency() < 0.1s", "increase avg latency() < 1s",
                                   "increase avg latency() < 5%", "increase avg latency() < 20%"},
                                  options);
    CHECK(paired.verdict == Verdict::violated);
    CHECK(paired.reason == Reason::limit);
    CHECK(paired.replications == 40);
    REQUIRE(paired.accepted.size() == 4);
    const Verdict expected[] = {Verdict::violated, Verdict::met, Verdict::violated, Verdict::met};
    for (std::size_t i = 0; i < 4; ++i) {
        INFO(paired.accepted[i].text);
        CHECK(paired.accepted[i].verdict == expected[i]);
        CHECK(holds(paired.accepted[i].estimate, i < 2 ? truth : truth / 5));
    }
    // A paired standard deviation of at most 0.3 of the independent one.
    REQUIRE(paired.variance_ratio);
    CHECK(paired.variance_ratio_of == "avg latency()");
    CHECK(*paired.variance_ratio >= 1 / (0.3 * 0.3));
    MESSAGE("variance ratio " << *paired.variance_ratio);

    options.independent = true;
    const auto independent = rehearsed(baseline, candidate, {"increase avg latency() < 1s"}, options);
    CHECK_FALSE(independent.variance_ratio);
    CHECK(independent.candidate_seed != independent.seed);
    const auto width = [](const Accepted& entry) { return *entry.estimate.high - *entry.estimate.low; };
    // The one was made at a stricter level, and is narrower all the same.
    CHECK(width(paired.accepted[1]) < 0.5 * width(independent.accepted[0]));
}

TEST_CASE("a candidate that breaks a constraint is not accepted, whatever else holds") {
    const auto with_alert = [](const std::string& level) {
        return "actions: [{when: waiting(server) > 8 for 10s, alert: too long a line, level: " + level +
               "}]\n";
    };
    const auto result = rehearsed(queue("0.5s") + with_alert("fail"), queue("1s") + with_alert("fail"),
                                  {"increase avg latency(server) <= 60s"});
    REQUIRE(result.accepted.size() == 1);
    CHECK(result.accepted[0].verdict == Verdict::met);
    CHECK(result.verdict == Verdict::violated);
    CHECK(result.reason == Reason::constraint);
    CHECK(warns_of(result, "candidate: constraint broken in "));
    const auto only_warned = rehearsed(queue("0.5s") + with_alert("warn"), queue("1s") + with_alert("warn"),
                                       {"increase avg latency(server) <= 60s"});
    CHECK(only_warned.verdict == Verdict::met);
}

TEST_CASE("rare errors in few pairs are not told from none, by any margin of 0") {
    studies::PairOfRuns runs;
    const auto none = metric("total failed(a)", {0, 0, 0, 0, 0, 0});
    const auto few = metric("total failed(a)", {0, 1, 2, 1, 0, 0});
    for (const char* text : {"increase total failed(a) <= 0", "increase total failed(a) < 0",
                             "increase total failed(a) <= 0%"}) {
        INFO(text);
        for (const auto& candidate : {few, none}) {
            const auto result = studies::judge_increase(increase(text), none, candidate, runs);
            CHECK(result.verdict == Verdict::inconclusive);
            CHECK((result.reason == Reason::precision || result.reason == Reason::data));
        }
    }
    // The same where fewer of them: it is no better to have fewer errors by chance.
    CHECK(studies::judge_increase(increase("increase total failed(a) > 0"), none, few, runs).verdict ==
          Verdict::inconclusive);
    CHECK(studies::judge_increase(increase("increase total failed(a) < 0"), few, none, runs).verdict ==
          Verdict::inconclusive);
    // Where nothing else happened, they are the same.
    runs.alike = true;
    CHECK(studies::judge_increase(increase("increase total failed(a) <= 0"), none, none, runs).verdict ==
          Verdict::met);
    // Enough of them are told.
    runs.alike = false;
    const auto zeros = metric("total failed(a)", std::vector<double>(12, 0.0));
    const auto all = metric("total failed(a)", {1, 2, 1, 1, 3, 1, 2, 1, 1, 1, 2, 1});
    const auto told = studies::judge_increase(increase("increase total failed(a) <= 0"), zeros, all, runs);
    CHECK(told.verdict == Verdict::violated);
    CHECK(told.reason == Reason::limit);
}

TEST_CASE("that no pair had an error does not make two models one") {
    const std::string run = "length: 100s, warm_up: 0s, replications: 6";
    const auto with = [&](const std::string& failure) {
        return "twin: {stages: {server: {reads: jobs, workers: 1, service: 1ms" + failure +
               "}}}\nload: {jobs: {arrivals: poisson(1/s)}}\nrun: {" + run + "}\n";
    };
    studies::RehearseOptions options;
    options.most = 6;
    const auto rare =
        rehearsed(with(""), with(", failure: 0.0001%"),
                  {"increase total failed(server) <= 0", "increase share failed(server) <= 0"}, options);
    CHECK(rare.same_events);
    CHECK_FALSE(rare.same_model);
    for (const Accepted& entry : rare.accepted) {
        INFO(entry.text);
        CHECK(entry.verdict == Verdict::inconclusive);
        CHECK(entry.reason == Reason::precision);
        CHECK(entry.estimate.value == 0.0);
        CHECK(*entry.estimate.high > 0);
    }
    CHECK(rehearsed(with(""), with(""), {"increase total failed(server) <= 0"}, options).verdict ==
          Verdict::met);
}

TEST_CASE("what cannot be told says what could have been, and how many replications would") {
    studies::PairOfRuns runs;
    std::vector<double> before, after;
    for (int i = 0; i < 20; ++i) {
        before.push_back(10 + 0.1 * i);
        after.push_back(10 + 0.1 * i + (i % 2 == 0 ? 0.9 : 1.3));
    }
    const auto result =
        studies::judge_increase(increase("increase avg busy(a) < 1"), metric("avg busy(a)", before),
                                metric("avg busy(a)", after), runs);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.reason == Reason::precision);
    CHECK(result.more_would_help);
    CHECK(result.more_replications > 0);
    CHECK(result.more_replications < 100);
    REQUIRE(result.smallest_effect);
    const double half = (*result.estimate.high - *result.estimate.low) / 2;
    CHECK(*result.smallest_effect > half);
    CHECK(*result.smallest_effect < 2 * half);
}

TEST_CASE("a percentage of nothing is not known") {
    studies::PairOfRuns runs;
    const auto none = metric("avg busy(a)", std::vector<double>(10, 0.0));
    std::vector<double> some;
    for (int i = 0; i < 10; ++i) some.push_back(1 + 0.01 * i);
    // Whatever it is a percentage of: there is surely more.
    const auto more = studies::judge_increase(increase("increase avg busy(a) < 5%"), none,
                                              metric("avg busy(a)", some), runs);
    CHECK(more.verdict == Verdict::violated);
    CHECK_FALSE(more.estimate.value);
    const auto wide = metric("avg busy(a)", {3, -2.5, 1, -1.5, 2, -2, 0.1, 0.2, -0.1, 0.3});
    const auto unknown =
        studies::judge_increase(increase("increase avg busy(a) < 5%"), wide,
                                metric("avg busy(a)", {2, -2, 1, -1, 2, -2, 0.1, 0.3, -0.1, 0.4}), runs);
    CHECK(unknown.verdict == Verdict::inconclusive);
    CHECK(unknown.reason == Reason::data);
}

TEST_CASE("an unrelated stage changes nothing elsewhere") {
    const std::string run = "length: 1h, warm_up: 5min, replications: 8";
    const auto result = rehearsed(
        queue("1s", run),
        queue("1s", run, "", "0.8", "    other: {reads: more, workers: 2, service: exponential(mean 1s)}\n",
              "  more: {arrivals: poisson(1/s)}\n"),
        {"increase avg wait(server) <= 0s", "increase p(90) latency(server) <= 0%"});
    CHECK(result.verdict == Verdict::met);
    CHECK_FALSE(result.same_model);
    CHECK_FALSE(result.same_events);
    for (const auto& measure : result.comparison.measures)
        if (measure.name.find("server") != std::string::npos) {
            INFO(measure.name);
            REQUIRE(measure.differences.front().difference);
            CHECK(measure.differences.front().difference->estimate.low == 0);
            CHECK(measure.differences.front().difference->estimate.high == 0);
        }
    CHECK(std::any_of(result.comparison.only_in_some.begin(), result.comparison.only_in_some.end(),
                      [](const std::string& text) { return text.find("other") != std::string::npos; }));
}

TEST_CASE("what is the same in each pair is so without an interval") {
    const std::string run = "length: 1h, warm_up: 5min, replications: 3";
    const auto result = rehearsed(
        queue("1s", run),
        queue("1s", run, "", "0.8", "    other: {reads: more, workers: 2, service: exponential(mean 1s)}\n",
              "  more: {arrivals: poisson(1/s)}\n"),
        {"increase p(99) latency(server) <= 0%"});
    const auto& metrics = result.runs[0].result.metrics;
    const auto p99 = std::find_if(metrics.begin(), metrics.end(),
                                  [](const auto& metric) { return metric.name == "p(99) latency(server)"; });
    REQUIRE(p99 != metrics.end());
    for (const auto& measure : result.comparison.measures)
        if (measure.name == p99->name) {
            REQUIRE(measure.differences.front().difference);
            CHECK(measure.differences.front().difference->estimate.high == 0);
        }
    CHECK(p99->doubted == Reason::none);
    CHECK(result.verdict == Verdict::met);
}

TEST_CASE("without a steady state nothing is compared") {
    const std::string run = "length: 1h, warm_up: 5min, replications: 6";
    const std::string stable = queue("1s", run), unstable = queue("1.5s", run);
    const auto candidate = rehearsed(stable, unstable, {"increase avg wait(server) < 1000s"});
    CHECK(candidate.verdict == Verdict::inconclusive);
    CHECK(candidate.reason == Reason::unstable);
    CHECK(warns_of(candidate, "candidate: 'server' is offered 120% of what its workers can do"));
    // What breaks the margin in this run breaks it in a longer one.
    const auto broken = rehearsed(stable, unstable, {"increase avg wait(server) < 1s"});
    CHECK(broken.verdict == Verdict::violated);
    CHECK(broken.reason == Reason::unstable);
    // Of a baseline without one nobody knows what the candidate is held against.
    const auto baseline = rehearsed(unstable, stable, {"increase avg wait(server) < 1s"});
    CHECK(baseline.verdict == Verdict::inconclusive);
    CHECK(baseline.reason == Reason::unstable);
    CHECK(baseline.looks == 1);
}

TEST_CASE("a run too short for its steady state is not compared") {
    const auto result = rehearsed(queue("1s", "length: 5min, warm_up: 10s, replications: 10"),
                                  queue("1.02s", "length: 5min, warm_up: 10s, replications: 10"),
                                  {"increase avg wait(server) < 10s"});
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.reason == Reason::warm_up);
}

TEST_CASE("both cut the same warm-up, the longer of the two") {
    const auto stated = rehearsed(queue("1s", "length: 1h, warm_up: 5min, replications: 5"),
                                  queue("1s", "length: 1h, warm_up: 10min, replications: 5"), {});
    CHECK(stated.warm_up_s == 600);
    CHECK(stated.warm_up_reason == "the longer of the two: 600 s of the candidate, 300 s of the baseline");
    for (const auto& run : stated.runs) CHECK(run.result.warm_up_s == 600);
    CHECK(stated.same_events);
    CHECK(stated.reason == Reason::no_objectives);
    const auto found = rehearsed(queue("1s", "length: 2h, replications: 10"),
                                 queue("1.1s", "length: 2h, replications: 10"), {});
    CHECK(found.warm_up_s > 0);
    CHECK(found.runs[0].result.warm_up_s == found.runs[1].result.warm_up_s);
}

TEST_CASE("looks: from the first on by half as many again, none shortly before the last") {
    using Looks = std::vector<std::int64_t>;
    CHECK(studies::looks_of(30, 200, 1) == Looks{30, 45, 68, 102, 200});
    CHECK(studies::looks_of(30, 40, 1) == Looks{40});
    CHECK(studies::looks_of(30, 60, 1) == Looks{30, 60});
    CHECK(studies::looks_of(10, 100, 2) == Looks{10, 16, 24, 36, 54, 100});
    CHECK(studies::looks_of(2, 2, 1) == Looks{2});
}

TEST_CASE("as many as it says settle it, at the looks that there are with so many") {
    // Two runs a replication, each in time: the more replications there may be, the less is told at each look.
    const auto twice = [](const std::string& service) {
        return "twin:\n  pools: {crew: {workers: 1}}\n  datasets: {out: {}}\n  pipelines: {p: {schedule: "
               "every 5min, "
               "tasks: {t: {runs_on: crew, service: exponential(mean " +
               service +
               "), writes: out}}}}\n"
               "run: {length: 10min, warm_up: 0s, replications: 5}\nobjectives: [share landed(out) by +4min "
               ">= 90%]\n";
    };
    for (const std::int64_t first : {8, 12, 20}) {
        studies::RehearseOptions options;
        options.most = first;
        const auto unclear = rehearsed(twice("1s"), twice("1.1s"), {"all objectives"}, options);
        REQUIRE(unclear.accepted.size() == 1);
        REQUIRE(unclear.verdict == Verdict::inconclusive);
        const std::int64_t needed = unclear.accepted[0].replications_needed;
        REQUIRE(needed > first);
        CHECK(unclear.accepted[0].explanation ==
              "about " + std::to_string(needed - first) + " more replications would settle it");
        options.most = needed;
        const auto clear = rehearsed(twice("1s"), twice("1.1s"), {"all objectives"}, options);
        CHECK(clear.verdict == Verdict::met);
        CHECK(clear.looks_at_most > unclear.looks_at_most);
    }
}

TEST_CASE("it goes on while it is not clear, and no longer") {
    const std::string run = "length: 30min, warm_up: 3min, replications: 6";
    // About the truth, nothing is ever clear; far from it, all is.
    studies::RehearseOptions options;
    options.most = 20;
    const auto unclear = rehearsed(queue("1s", run, "", "0.5"), queue("1.02s", run, "", "0.5"),
                                   {"increase avg latency() < 0.0816s"}, options);
    CHECK(unclear.replications == 20);
    CHECK(unclear.looks == unclear.looks_at_most);
    CHECK(unclear.verdict == Verdict::inconclusive);
    CHECK(unclear.accepted[0].smallest_effect.value_or(0) > 0);
    const auto clear = rehearsed(queue("1s", run, "", "0.5"), queue("1.02s", run, "", "0.5"),
                                 {"increase avg latency() < 1s"}, options);
    CHECK(clear.replications == 6);
    CHECK(clear.verdict == Verdict::met);
}

TEST_CASE("what is accepted has to make sense in both") {
    const auto refused = [](const std::string& text, const std::string& part) {
        studies::PairProblems problems;
        CHECK_FALSE(studies::prepare_pair(scenario(queue("1s")), scenario(queue("1s")), acceptance({text}),
                                          problems));
        REQUIRE_FALSE(problems.acceptance.empty());
        CHECK(problems.acceptance.front().path == text);
        CHECK(problems.acceptance.front().message.find(part) != std::string::npos);
    };
    refused("increase avg wait(nowhere) < 5%", "nowhere");
    refused("avg wait(nowhere) < 5s", "nowhere");
    // An objective of what is new is judged on the candidate alone.
    const std::string run = "length: 1h, warm_up: 5min, replications: 5";
    const auto result =
        rehearsed(queue("1s", run),
                  queue("1s", run, "avg wait(other) < 1min", "0.8",
                        "    other: {reads: more, workers: 2, service: exponential(mean 1s)}\n",
                        "  more: {arrivals: poisson(1/s)}\n"),
                  {"all objectives"});
    CHECK(result.verdict == Verdict::met);
    REQUIRE(result.accepted.size() == 1);
    CHECK_FALSE(result.accepted[0].baseline);
    CHECK(result.accepted[0].candidate);
}

TEST_CASE("a stricter promise of another measure keeps what was promised") {
    const std::string run = "length: 1h, warm_up: 5min, replications: 2";
    const auto lost = [&](const std::string& before, const std::string& after) {
        const auto base = tests::prepared(queue("1s", run, before)),
                   candidate = tests::prepared(queue("1s", run, after));
        return studies::weaker_promises(base.scenario, candidate.scenario,
                                        studies::Counterparts(base.scenario, candidate.scenario))
            .size();
    };
    const std::string p95 = "p(95) latency(server) < 1min";
    CHECK(lost(p95, "p(99) latency(server) < 1min") == 0);
    CHECK(lost(p95, "max latency(server) < 50s") == 0);
    CHECK(lost("avg latency(server) < 1min", "max latency(server) < 1min") == 0);
    CHECK(lost(p95, "p(90) latency(server) < 1min") == 1);
    CHECK(lost(p95, "avg latency(server) < 1min") == 1);
    CHECK(lost(p95, "p(99) latency(server) < 2min") == 1);
    CHECK(lost(p95, "p(99) wait(server) < 1min") == 1);
    // From below it is the other way round.
    CHECK(lost("p(50) latency(server) > 1s", "p(25) latency(server) > 1s") == 0);
    CHECK(lost("p(50) latency(server) > 1s", "p(75) latency(server) > 1s") == 1);
    const auto landing = [](const std::string& by) {
        return tests::prepared(
                   "twin: {pipelines: {p: {schedule: daily at 05:00, tasks: {t: {workers: 1, service: 1min, "
                   "writes: rep}}}}}\nrun: {length: 2d, start: 2026-01-01T00:00}\n"
                   "objectives: [share landed(rep) by " +
                   by + " >= 95%]\n")
            .scenario;
    };
    const auto weaker = [&](const std::string& before, const std::string& after) {
        const auto base = landing(before), candidate = landing(after);
        return studies::weaker_promises(base, candidate, studies::Counterparts(base, candidate)).size();
    };
    CHECK(weaker("06:30", "05:30") == 0);
    CHECK(weaker("05:30", "06:30") == 1);
    CHECK(weaker("06:30", "06:30") == 0);
}

TEST_CASE("a promise that the candidate drops is said") {
    const std::string run = "length: 1h, warm_up: 5min, replications: 5";
    const auto result =
        rehearsed(queue("1s", run, "avg wait(server) < 1min"), queue("1s", run), {"all objectives"});
    CHECK(warns_of(result, "the baseline promises 'avg wait(server) < 1min', the candidate does not"));
}

TEST_CASE(
    "a promise that is dropped or loosened is told as it would be judged, and is no part of the verdict") {
    const std::string run = "length: 1h, warm_up: 5min, replications: 5";
    const auto result = rehearsed(queue("1s", run,
                                        "avg wait(server) < 1min, avg wait(server) < 0.1s, "
                                        "p(95) latency(server) < 1min, share lost(server) <= 1%"),
                                  queue("1s", run,
                                        "p(95) latency(server) < 2min, share lost(server) < 1%, "
                                        "avg wait(server) < 2s"),
                                  {"p(95) latency(server) < 2min"});
    // Stricter ones keep what was promised; of two of one measure each by itself.
    REQUIRE(result.no_longer_promised.size() == 2);
    CHECK(result.no_longer_promised[0].text == "avg wait(server) < 0.1s");
    CHECK(result.no_longer_promised[0].now == "avg wait(server) < 2s");
    CHECK(result.no_longer_promised[0].verdict == Verdict::violated);
    CHECK(result.no_longer_promised[1].text == "p(95) latency(server) < 1min");
    CHECK(result.no_longer_promised[1].now == "p(95) latency(server) < 2min");
    CHECK(result.no_longer_promised[1].verdict == Verdict::met);
    CHECK(result.no_longer_promised[1].baseline);
    CHECK(result.verdict == Verdict::met);
    CHECK(result.accepted.size() == 1);
    CHECK(warns_of(result,
                   "the baseline promises 'avg wait(server) < 0.1s', the candidate 'avg wait(server) < 2s'"));
    // Where nothing is left that it could be of.
    std::string gone = queue("1s", run, "", "0.8");
    for (std::size_t at; (at = gone.find("server")) != std::string::npos;) gone.replace(at, 6, "other");
    const auto without = rehearsed(queue("1s", run, "avg wait(server) < 0.1s"), gone, {"all objectives"});
    REQUIRE(without.no_longer_promised.size() == 1);
    CHECK(without.no_longer_promised[0].baseline);
    CHECK_FALSE(without.no_longer_promised[0].candidate.value);
    // Promised, though not judged: no less than before.
    CHECK(rehearsed(queue("1s", run, "avg wait(server) < 1min"), queue("1s", run, "avg wait(server) < 1min"),
                    {"increase avg latency() < 1s"})
              .no_longer_promised.empty());
}

TEST_CASE("what has another name is compared with itself") {
    const std::string run = "length: 1h, warm_up: 5min, replications: 5";
    const std::string more = "    after: {reads: done, workers: 1, service: 100ms}\n";
    const auto called = [&](const std::string& service, const std::string& stage, const std::string& load,
                            const std::string& renamed, const std::string& objective) {
        return "twin:\n" + (renamed.empty() ? "" : "  renamed: {" + renamed + "}\n") + "  stages:\n    " +
               stage + ": {reads: " + load + ", writes: done, workers: 1, service: exponential(mean " +
               service + ")}\n" + more + "load:\n  " + load + ": {arrivals: poisson(0.8/s)}\nrun: {" + run +
               "}\nobjectives: [" + objective + "]\n";
    };
    const std::string renamed = "wash: clean, visits: clicks";
    const auto same =
        rehearsed(called("1s", "clean", "clicks", "", "avg wait(clean) of clicks < 1min"),
                  called("1s", "wash", "visits", renamed, "avg wait(wash) of visits < 1min"),
                  {"all objectives", "increase avg wait(wash) <= 0s", "increase share lost(wash) <= 0"});
    CHECK(same.verdict == Verdict::met);
    CHECK(same.same_events);
    CHECK(same.no_longer_promised.empty());
    CHECK(same.unjudged.empty());
    CHECK(same.comparison.only_in_some.empty());
    CHECK(same.accepted[0].baseline == same.accepted[0].candidate);
    CHECK(same.accepted[1].estimate.value == 0.0);
    for (const auto& measure : same.comparison.measures) {
        CHECK(measure.name.find("clean") == std::string::npos);
        REQUIRE(measure.differences.front().difference);
        CHECK(measure.differences.front().difference->estimate.low == 0);
    }
    // Two names that change places, and a service that is slower under its new name.
    studies::RehearseOptions explain;
    explain.explain = true;
    const auto slower = rehearsed(called("1s", "clean", "clicks", "", "avg wait(clean) < 1min"),
                                  called("1.05s", "wash", "visits", renamed, "avg wait(wash) < 2min"),
                                  {"all objectives", "increase avg service(wash) < 1s"}, explain);
    CHECK(*slower.accepted[1].candidate > *slower.accepted[1].baseline);
    CHECK(*slower.accepted[1].baseline == doctest::Approx(1).epsilon(0.1));
    REQUIRE(slower.no_longer_promised.size() == 1);
    CHECK(slower.no_longer_promised[0].text == "avg wait(clean) < 1min");
    CHECK(slower.no_longer_promised[0].now == "avg wait(wash) < 2min");
    CHECK(slower.no_longer_promised[0].candidate.value.has_value());
    REQUIRE(slower.moved);
    CHECK(slower.moved->items.compared > 0);
    REQUIRE_FALSE(slower.moved->items.slower.empty());
    CHECK(slower.moved->items.slower[0].at[0].element == "wash");
}

TEST_CASE("any number of threads gives the same bytes, and the digest names what was asked") {
    const std::string run = "length: 1h, warm_up: 5min, replications: 7";
    const auto bytes = [&](unsigned threads, const std::string& accept, const std::string& service) {
        studies::RehearseOptions options;
        options.run.threads = threads;
        options.most = 12;
        return formats::rehearsal_as_json(
            rehearsed(queue("1s", run), queue(service, run), {accept}, options));
    };
    const std::string one = bytes(1, "increase avg latency() < 0.5s", "1.02s");
    CHECK(one == bytes(3, "increase avg latency() < 0.5s", "1.02s"));
    const auto digest = [](const std::string& json) { return json.substr(json.find("\"digest\""), 80); };
    CHECK(digest(one) != digest(bytes(1, "increase avg latency() < 0.6s", "1.02s")));
    CHECK(digest(one) != digest(bytes(1, "increase avg latency() < 0.5s", "1.021s")));
}

TEST_CASE("coverage: all intervals together, whenever it stops") {
    // M/M/1 at 0.5, services of 1 s and 1.02 s: latencies are exponential with means 2 s and 1.02 / 0.49 s.
    const double more = 1.02 / 0.49 - 2;
    const std::string run = "length: 1h, warm_up: 3min, replications: 10";
    // Margins so far from the truth that it stops now at one look, now at another, as chance has it.
    const std::vector<std::string> accept = {
        "avg utilisation(server) < 52%", "increase avg latency() < 0.12s", "increase avg latency() < 6.5%",
        "increase p(90) latency() < 0.35s"};
    const double truths[] = {0.51, more, more / 2, more * std::log(10)};
    studies::RehearseOptions options;
    options.most = 60;
    const int runs = tests::runs_of(12);
    int held = 0, wrong = 0, stopped_early = 0;
    std::vector<int> each(accept.size(), 0);
    auto pair = pair_of(queue("1s", run, "", "0.5"), queue("1.02s", run, "", "0.5"), accept);
    for (int seed = 1; seed <= runs; ++seed) {
        pair.baseline.scenario.run.seed = pair.candidate.scenario.run.seed = static_cast<std::uint64_t>(seed);
        const auto result = studies::rehearse(pair, options);
        bool all = true, none_wrong = true;
        for (std::size_t i = 0; i < accept.size(); ++i) {
            const Accepted& entry = result.accepted[i];
            const bool this_held = !entry.estimate.low || holds(entry.estimate, truths[i]);
            each[i] += this_held;
            all = all && this_held;
            none_wrong =
                none_wrong && entry.verdict != (truths[i] < entry.limit ? Verdict::violated : Verdict::met);
        }
        held += all;
        wrong += !none_wrong;
        stopped_early += result.replications < 60;
    }
    if (tests::coverage_is_asked()) {
        MESSAGE("all held in " << 100.0 * held / runs << " %, a wrong verdict in " << 100.0 * wrong / runs
                               << " %, stopped before the last look " << 100.0 * stopped_early / runs
                               << " %");
        for (std::size_t i = 0; i < accept.size(); ++i)
            MESSAGE(accept[i] << ": " << 100.0 * each[i] / runs << " %");
        CHECK(held >= 0.95 * runs - 2 * std::sqrt(0.05 * 0.95 * runs));
        CHECK(wrong <= 0.05 * runs + 2 * std::sqrt(0.05 * 0.95 * runs));
    } else {
        CHECK(held >= runs - 2);
        CHECK(wrong <= 1);
    }
}

TEST_CASE("coverage: false alarms of an identical candidate with random numbers of its own") {
    const std::string run = "length: 30min, warm_up: 3min, replications: 20";
    studies::RehearseOptions options;
    options.independent = true;
    options.most = 20;
    const int runs = tests::runs_of(40);
    int differ = 0, alarms = 0;
    auto pair =
        pair_of(queue("1s", run, "", "0.5"), queue("1s", run, "", "0.5"), {"increase avg latency() <= 0s"});
    for (int seed = 1; seed <= runs; ++seed) {
        pair.baseline.scenario.run.seed = pair.candidate.scenario.run.seed = static_cast<std::uint64_t>(seed);
        const auto result = studies::rehearse(pair, options);
        alarms += result.verdict == Verdict::violated;
        differ += result.verdict != Verdict::inconclusive;
        CHECK(result.same_model);
        CHECK_FALSE(result.same_events);
    }
    if (tests::coverage_is_asked())
        MESSAGE("of " << runs << " identical candidates " << alarms << " were taken to be slower, "
                      << differ - alarms << " faster");
    // At most 20 of 200.
    CHECK(differ <= 0.1 * runs);
    CHECK(alarms <= 0.05 * runs + 2);
}
