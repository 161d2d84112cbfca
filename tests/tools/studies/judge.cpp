// Promised: where what stands in the way of a verdict is not the number of replications, the verdict says what it is, asks
// for no more of them, and is not among the least certain: no steady state to judge, a run that is too short, a mean that
// no interval holds. A stated warm-up is taken as it is, and a run that is too short for it is as inconclusive. Of an instant or
// a window that some replications had ended before there is no verdict, and `at end` is of all of them.
// Shown: short scenarios of each kind.
#include "tools/studies/judge.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "tests/tools/studies/sample.h"
#include "tools/studies/least_certain.h"

using namespace understudy;
using studies::Reason;
using studies::Verdict;

namespace {

studies::RunResult queue(const std::string& load, const std::string& run, const std::string& objectives,
                         const std::string& service = "exponential(mean 1s)") {
    return tests::simulated(tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: " + service +
        "}}}\nload: {jobs: {arrivals: poisson(" + load + ")}}\nrun: {" + run + "}\n" + objectives));
}

void is_open(const studies::ObjectiveResult& objective, Reason reason, const std::string& explanation) {
    INFO(objective.text << ": " << objective.explanation);
    CHECK(objective.verdict == Verdict::inconclusive);
    CHECK(objective.reason == reason);
    CHECK(objective.more_replications == 0);
    CHECK(objective.explanation.find(explanation) == 0);
    CHECK(objective.explanation.find("replication") == std::string::npos);
}

const char* const heavy = "pareto(shape 2.2 min 0.3s)";

}  // namespace

TEST_CASE("a quantile without an interval asks for replications only where they are what it lacks") {
    const std::string tail = "objectives: [p(99.9) latency(server) < 30s]\n";
    const auto critical = queue("1/s", "length: 10min, warm_up: 1min, replications: 4", tail);
    CHECK_FALSE(critical.objectives[0].estimate.low);
    is_open(critical.objectives[0], Reason::critical, "there is no steady state to judge");
    CHECK(studies::least_certain(critical).empty());
    CHECK(studies::more_replications_for_all(critical) == 0);
    const auto brief = queue("0.8/s", "length: 5min, warm_up: auto, replications: 4", tail);
    CHECK_FALSE(brief.objectives[0].estimate.low);
    is_open(brief.objectives[0], Reason::warm_up, "make the run longer");
    CHECK(studies::least_certain(brief).empty());
    const auto few = queue("0.5/s", "length: 2h, warm_up: 5min, replications: 2", tail);
    CHECK_FALSE(few.objectives[0].estimate.low);
    CHECK(few.objectives[0].reason == Reason::data);
    CHECK(few.objectives[0].more_replications > 0);
    CHECK(studies::least_certain(few).size() == 1);
}

TEST_CASE("replications that were stopped count at their end, and those that were not are no sample of all") {
    const auto result = queue("0.9/s", "length: 200s, warm_up: 0s, replications: 40",
                              "actions: [{when: waiting(server) >= 15, stop: too long}]\n"
                              "objectives: [at end waiting(server) < 6, at 200s waiting(server) < 15, at 1s "
                              "waiting(server) < 15, max waiting(server) during 190s..200s < 15]\n");
    const auto& end = result.objectives[0];
    CHECK(end.estimate.replications == 40);
    CHECK(*end.estimate.value > 6);
    CHECK(end.verdict == Verdict::violated);
    const auto& late = result.objectives[1];
    CHECK(late.estimate.replications < 40);
    CHECK(late.verdict == Verdict::inconclusive);
    CHECK(late.reason == Reason::data);
    CHECK(late.explanation.find("of 40 replications had ended before that instant") != std::string::npos);
    CHECK(result.objectives[2].verdict == Verdict::met);
    const auto& window = result.objectives[3];
    CHECK(window.verdict == Verdict::inconclusive);
    CHECK(window.explanation.find("of 40 replications had ended before that window") != std::string::npos);
}

TEST_CASE("constant work is a steady state from the start, however long it is run") {
    // Ten equal replications differ from their mean by rounding alone, which is no memory.
    for (const std::string length : {"1h", "2h", "5h"})
        for (const std::string warm_up : {"2min", "auto"}) {
            const auto result = tests::simulated(
                tests::prepared("twin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}\n"
                                "load: {jobs: {arrivals: every 10s}}\nobjectives: [avg latency(server) <= "
                                "1s]\nrun: {length: " +
                                length + ", warm_up: " + warm_up + ", replications: 10}\n"));
            CAPTURE(length);
            CAPTURE(warm_up);
            CHECK(result.objectives[0].verdict == Verdict::met);
            CHECK(result.warnings.empty());
        }
}

TEST_CASE("where hardly anybody waits a mean is told from how often somebody does") {
    // One job an hour, 5 min each: the mean wait is 27.3 s (M/M/1 at 1/12), of 8 % who wait 5.5 min.
    int held = 0, met = 0, judged = 0;
    const double truth = 300.0 / 11;
    for (int seed = 1; seed <= 60; ++seed) {
        const auto result =
            queue("1/h", "length: 6h, warm_up: 30min, replications: 10, seed: " + std::to_string(seed),
                  "objectives: [avg wait(server) < 5s]\n", "exponential(mean 5min)");
        const auto& estimate = result.objectives[0].estimate;
        met += result.objectives[0].verdict == Verdict::met;
        if (!estimate.low || *estimate.high == 0) continue;
        ++judged;
        held += *estimate.low <= truth && truth <= *estimate.high;
    }
    CHECK(judged >= 40);
    CHECK(held >= 0.9 * judged);
    CHECK(met <= 60 - judged);
}

TEST_CASE("no verdict rests on an interval that does not hold") {
    const std::string run = "length: 1h, warm_up: 10min, replications: 20";
    const auto result =
        queue("0.8/s", run,
              "objectives: [avg wait(server) < 10h, avg wait(server) < 1us, p(90) wait(server) < 1h, "
              "avg utilisation(server) < 90%]\n",
              heavy);
    for (const std::size_t i : {0, 1}) {
        REQUIRE(result.objectives[i].estimate.low);
        is_open(result.objectives[i], Reason::data,
                "it has no variance, so that no interval holds it as often as it says; give the law a max");
    }
    CHECK(result.objectives[2].verdict == Verdict::met);
    CHECK(result.objectives[3].verdict == Verdict::met);
    CHECK(result.reason == Reason::data);
    CHECK(studies::least_certain(result).empty());
    CHECK(queue("0.8/s", run, "objectives: [avg wait(server) < 10h]\n", "pareto(shape 3.5 min 0.3s)")
              .objectives[0]
              .verdict == Verdict::met);
    is_open(queue("0.8/s", run, "objectives: [avg wait(server) < 10h]\n", "pareto(shape 1.9 min 0.3s)")
                .objectives[0],
            Reason::data, "its mean is infinite");
    // What grows without end is violated, however it varies.
    CHECK(queue("9/s", run, "objectives: [avg wait(server) < 1us]\n", heavy).objectives[0].verdict ==
          Verdict::violated);
}

TEST_CASE("what a run is too short for, or has no steady state for, is neither met nor violated") {
    const std::string past = "objectives: [avg latency(server) < 1us, avg latency(server) < 10h]\n";
    for (const std::size_t i : {0, 1}) {
        is_open(queue("0.8/s", "length: 5min, warm_up: auto, replications: 20", past).objectives[i],
                Reason::warm_up, "make the run longer");
        is_open(queue("1/s", "length: 10min, warm_up: 1min, replications: 20", past).objectives[i],
                Reason::critical, "there is no steady state to judge");
    }
}

TEST_CASE("what decides a mean and was never seen is told by an exact formula") {
    // Outages that stop the server for a day each hundred days, bursts as rare, an item of a day in a hundred: thirty days
    // see none of them in most runs, and a narrow interval. The exact waits are 12, 42 and 12 min.
    const std::string run = "run: {length: 24h, warm_up: 1h, replications: 30}\n";
    const std::string promise = "objectives: [avg wait(s) < 1min]\n";
    const std::string server = "twin: {stages: {s: {reads: j, workers: 1, service: exponential(mean 8s)";
    const std::string rare[] = {
        server +
            ", outages: {c: {up: exponential(mean 100d), for: 1d}}}}}\nload: {j: {arrivals: "
            "poisson(0.05/s)}}\n",
        server +
            "}}}\nload: {j: {arrivals: {states: {calm: {rate: 0.05/s, stay: exponential(mean 100d)}, "
            "burst: {rate: 0.2/s, stay: exponential(mean 1d)}}}}}\n",
        "twin: {stages: {s: {reads: [j, k], workers: 1, service: w}}}\nload: {j: {arrivals: poisson(0.05/s), "
        "fields: {w: exponential(mean 8s)}}, k: {arrivals: poisson(0.01/d), fields: {w: 1d}}}\n"};
    for (const std::string& scenario : rare) {
        const auto result = tests::simulated(tests::prepared(scenario + run + promise));
        REQUIRE(*result.objectives[0].estimate.high < 15);
        is_open(result.objectives[0], Reason::data,
                "formulas know it exactly, and it is far off what was seen");
    }
    // A share of a state that was never seen has no certain end, either.
    const auto down =
        tests::simulated(tests::prepared(rare[0] + run + "objectives: [share down(s) < 0.5%]\n"));
    is_open(down.objectives[0], Reason::data, "formulas know it exactly");
    // What is seen often enough agrees with them.
    const auto often = tests::simulated(tests::prepared(server +
                                                        ", outages: {c: {up: exponential(mean 10min), for: "
                                                        "30s}}}}}\nload: {j: {arrivals: poisson(0.05/s)}}\n" +
                                                        run + promise));
    CHECK(often.objectives[0].verdict == Verdict::met);
    for (const auto& metric : often.metrics) CHECK(metric.doubt == "");
}

TEST_CASE("a load as large as what can be done is critical, however long it is looked at") {
    for (const char* const run :
         {"length: 20min, warm_up: 1min, replications: 20", "length: 5h, warm_up: 1min, replications: 8"})
        is_open(queue("1/s", run, "objectives: [avg wait(server) < 1h]\n").objectives[0], Reason::critical,
                "there is no steady state to judge");
}

TEST_CASE("why an interval is not to be believed stands beside each measure, and in its file") {
    const auto doubts = [](const studies::RunResult& result) {
        std::string text;
        for (const auto& metric : tests::reread(result).metrics)
            if (metric.name == "avg wait(server)" || metric.name == "p(90) wait(server)")
                text += metric.name.substr(0, 3) + ": " + metric.doubt + "; ";
        return text;
    };
    const std::string both = "measures: [avg wait(server), p(90) wait(server)]\n";
    const std::string run = "length: 1h, warm_up: 10min, replications: 4";
    CHECK(doubts(queue("0.5/s", run, both)) == "avg: ; p(9: ; ");
    CHECK(doubts(queue("0.8/s", run, both, heavy)) == "avg: it has no variance; p(9: ; ");
    const std::string unstable = "more work arrives than can be done";
    CHECK(doubts(queue("1.5/s", run, both)) == "avg: " + unstable + "; p(9: " + unstable + "; ");
    CHECK(doubts(queue("0.8/s", "length: 5min, warm_up: auto, replications: 4", both)) ==
          "avg: the run is too short; p(9: the run is too short; ");
}

TEST_CASE("a stated warm-up on a run that is too short is taken, and judges nothing about a steady state") {
    const std::string promise = "objectives: [avg latency(server) < 10h, at 4min present(server) < 1000]\n";
    const std::string short_run = "length: 5min, warm_up: 10s, replications: 30";
    const auto brief = queue("0.8/s", short_run, promise);
    is_open(brief.objectives[0], Reason::warm_up, "make the run longer");
    CHECK(brief.objectives[1].verdict == Verdict::met);
    CHECK(brief.warm_up_s == 10);
    CHECK(queue("0.8/s", "length: 5min, warm_up: 0s, replications: 30", promise).objectives[0].verdict ==
          Verdict::met);
    // What keeps changing is about the time it was run for, and has no steady state.
    CHECK(queue("0.8/s", short_run, promise + "actions: [{at: 2min, set: server.workers, to: 2}]\n")
              .objectives[0]
              .verdict == Verdict::met);
    CHECK(tests::warns(brief,
                       "relaxation times of 'server', and 40 are needed for a mean of the steady state"));
    CHECK_FALSE(
        tests::warns(queue("0.5/s", "length: 3h, warm_up: 5min, replications: 30", promise), "relaxation"));
    CHECK(queue("0.5/s", "length: 3h, warm_up: 5min, replications: 30", promise).objectives[0].verdict ==
          Verdict::met);
    // What is about the start needs no steady state.
    const std::string start = "length: 5min, warm_up: 0s, replications: 30";
    CHECK_FALSE(
        tests::warns(queue("0.8/s", start, "objectives: [at 4min present(server) < 100]\n"), "relaxation"));
    CHECK_FALSE(tests::warns(queue("0.8/s", start, "measures: [avg latency(server)]\n"), "relaxation"));
    CHECK(tests::warns(queue("0.8/s", start, promise), "relaxation"));
}

TEST_CASE("who never saw anybody wait does not say that nobody ever does") {
    const auto result = tests::simulated(tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 40, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(1/s)}}\nmeasures: [avg wait(server)]\nobjectives: [avg wait(server) "
        "< 1s]\n"
        "run: {length: 1000s, warm_up: 100s, replications: 10}\n"));
    const studies::Estimate& wait = result.metrics[0].estimate;
    REQUIRE(wait.high);
    CHECK(*wait.value == 0);
    CHECK(*wait.low == 0);
    // The chance of one waiting item in each of ten replications of 900, at 98.75 %, each for about a second.
    CHECK(900 * *wait.high == doctest::Approx(0.355).epsilon(0.05));
    CHECK(result.verdict == studies::Verdict::met);
    const auto line = std::find_if(result.metrics.begin(), result.metrics.end(),
                                   [](const auto& one) { return one.name == "avg waiting(server)"; });
    REQUIRE(line != result.metrics.end());
    CHECK(*line->estimate.value == 0);
    CHECK(900 * *line->estimate.high == doctest::Approx(0.355).epsilon(0.05));
    // Where that is known, it is certain.
    const auto regular = tests::simulated(tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: 0.8s}}}\nload: {jobs: {arrivals: every "
        "1s}}\n"
        "measures: [avg wait(server)]\nrun: {length: 1000s, warm_up: 100s, replications: 10}\n"));
    CHECK(regular.metrics[0].estimate.high == 0.0);
}

TEST_CASE(
    "the true obstacle is named: an infinite mean before a short run, few replications with data before few "
    "of them") {
    const auto heavy = tests::simulated(tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: pareto(shape 1.8 min 0.2s)}}}\n"
        "load: {jobs: {arrivals: poisson(1/s)}}\nobjectives: [avg wait(server) < 1h]\n"
        "run: {length: 60s, warm_up: 5s, replications: 10}\n"));
    CHECK(heavy.objectives[0].reason == studies::Reason::data);
    CHECK(heavy.metrics[0].doubt == "its mean is infinite");
    // One replication of thirty saw anything.
    const auto prepared = tests::prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}\nload: {jobs: {arrivals: every "
        "1s}}\n"
        "objectives: [max latency(server) < 1h]\nrun: {length: 60s, warm_up: 0s, replications: 30}\n");
    studies::Seen seen;
    seen.by_replication.assign(30, std::numeric_limits<double>::quiet_NaN());
    seen.had_data.assign(30, 0);
    seen.by_replication[7] = 2;
    seen.had_data[7] = 1;
    seen.with_data = 1;
    const auto rare = studies::judge(prepared.scenario.objectives[0], seen, 0.95, {});
    CHECK(rare.reason == Reason::data);
    CHECK(rare.explanation.find("1 of 30 replications saw any of it") == 0);
    CHECK(rare.more_replications == 30);
}

TEST_CASE("what does not vary, or differs by the edge of a run, is not doubted for a formula's sake") {
    const std::string run = "run: {length: 10min, warm_up: 1s, replications: 20}\n";
    const std::string server = "twin: {stages: {s: {reads: j, workers: 1, service: ";
    // 85 of 85.57 services fall into what is measured, in each replication.
    const auto regular = tests::simulated(
        tests::prepared(server + "3s}}}\nload: {j: {arrivals: every 7s}}\n" + run +
                        "objectives: [avg utilisation(s) < 80%, rate completed(s) > 0.1/s]\n"));
    CHECK(regular.objectives[0].verdict == Verdict::met);
    CHECK(regular.objectives[1].verdict == Verdict::met);
    const auto narrow = tests::simulated(
        tests::prepared(server + "normal(mean 3s sd 10ms)}}}\nload: {j: {arrivals: every 7s}}\n" + run +
                        "objectives: [avg utilisation(s) < 80%]\n"));
    CHECK(narrow.objectives[0].verdict == Verdict::met);
    // What is rounded is not what formulas take: they are not exact.
    const auto rounded =
        tests::simulated(tests::prepared("twin: {stages: {s: {reads: j, workers: 100, service: 1s}}}\nload: "
                                         "{j: {arrivals: poisson(1/s), items: "
                                         "uniform(1..2.4)}}\nrun: {length: 1h, warm_up: 1min, replications: "
                                         "20}\nobjectives: [avg utilisation(s) < 1.8%]\n"));
    CHECK(rounded.objectives[0].verdict == Verdict::met);
    CHECK(rounded.metrics[0].expected.kind != models::Answer::Kind::exact);
    // Nobody waits where there are as many workers as it takes.
    const auto free = tests::simulated(tests::prepared(
        "twin: {stages: {s: {reads: j, workers: unlimited, service: 3min}}}\nload: {j: {arrivals: "
        "poisson(30/h)}}\n"
        "run: {length: 8h, warm_up: 0s, replications: 30}\nobjectives: [max wait(s) < 1s]\n"));
    CHECK(free.objectives[0].verdict == Verdict::met);
}
