// Promised: a run of one replication in a steady state has intervals of its averages, which hold the truth as often as
// they say and are judged; what has none says why. To follow it changes nothing else, and a run goes on from it as if it
// had not been followed. Shown: many runs of queues whose truth is known, each with another seed (the table of
// docs/statistics.md comes from UNDERSTUDY_COVERAGE=1000; the tests make few); results as the bytes of their files.
#include "tools/studies/one_run.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/coverage.h"
#include "tests/scratch_folder.h"
#include "tests/tools/studies/sample.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"

using namespace understudy;

namespace {

using tests::runs_of;
bool is_asked() { return tests::coverage_is_asked(); }

constexpr const char* server =
    "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n";

/// M/M/1 with a service of 1 s.
studies::PreparedRun queue(double load, const std::string& run, const std::string& more = "") {
    return tests::prepared(server + ("load: {jobs: {arrivals: poisson(" + std::to_string(load) + "/s)}}\n") +
                           more + "run: {" + run + "}\n");
}

constexpr const char* followed = "length: 10000s, warm_up: 500s, replications: 1, sample: 100s";

const studies::Estimate& estimate_of(const studies::RunResult& result, const std::string& name) {
    const auto metric = std::find_if(result.metrics.begin(), result.metrics.end(),
                                     [&](const auto& one) { return one.name == name; });
    REQUIRE(metric != result.metrics.end());
    return metric->estimate;
}

studies::RunOptions options() {
    studies::RunOptions options;
    options.threads = 1;
    options.version = "1.2.3";
    return options;
}

using tests::bytes_of;
using tests::reread;

}  // namespace

TEST_CASE("one run: averages have an interval, quantiles and spreads have none") {
    const auto result = tests::simulated(
        queue(0.5, followed,
              "objectives: [avg wait(server) < 5s, avg wait(server) < 1ms, p(99) wait(server) < 1h,\n"
              "             sd wait(server) < 1h, max wait(server) < 1h, share lost(server) < 1%]\n"
              "measures: [avg present(server), rate completed(server), share waited(server),\n"
              "           avg slowdown(server), share blocked(server),\n"
              "           avg wait(server) during 0s..10s each 100s, avg wait(server) items 1..100]\n"));
    CHECK(result.interval_reason == "overlapping batch means");
    for (const char* name :
         {"avg wait(server)", "avg present(server)", "rate completed(server)", "share waited(server)",
          "avg slowdown(server)", "avg utilisation(server)", "avg wait(server) during 0s..10s each 100s"}) {
        CAPTURE(name);
        const auto& estimate = estimate_of(result, name);
        REQUIRE(estimate.low.has_value());
        CHECK(*estimate.low < *estimate.value);
        CHECK(*estimate.value < *estimate.high);
        CHECK(estimate.replications == 1);
    }
    CHECK_FALSE(estimate_of(result, "avg wait(server) items 1..100").low.has_value());
    const auto& waited = estimate_of(result, "share waited(server)");
    CHECK(*waited.low > 0.4);
    CHECK(*waited.high < 0.6);
    const auto& objectives = result.objectives;
    CHECK(objectives[0].verdict == studies::Verdict::met);
    CHECK(objectives[1].verdict == studies::Verdict::violated);
    for (const std::size_t i : {2, 3, 4}) {
        CHECK(objectives[i].verdict == studies::Verdict::inconclusive);
        CHECK(objectives[i].reason == studies::Reason::data);
        CHECK_FALSE(objectives[i].estimate.low.has_value());
    }
    CHECK(objectives[2].explanation == "one replication gives no interval of a quantile; run more of them");
    CHECK(objectives[3].explanation == "one replication gives no interval of a spread; run more of them");
    CHECK(objectives[4].explanation == "one replication gives no interval; run at least two");
    // Nothing was lost of some thousands: the counts alone bound it.
    CHECK(objectives[5].verdict == studies::Verdict::met);
    CHECK(*objectives[5].estimate.low == 0);
    CHECK_FALSE(estimate_of(result, "share blocked(server)").low.has_value());  // never seen, and not counted
    CHECK(*objectives[5].estimate.high > 0.0003);
    CHECK(*objectives[5].estimate.high < 0.002);
}

TEST_CASE(
    "one run: a limit within the interval is left open, with the number of replications that would settle "
    "it") {
    const auto result = tests::simulated(queue(0.5, followed, "objectives: [avg wait(server) < 1.01s]\n"));
    CHECK(result.objectives[0].verdict == studies::Verdict::inconclusive);
    CHECK(result.objectives[0].reason == studies::Reason::precision);
    CHECK(result.objectives[0].explanation.find("more replication") != std::string::npos);
}

TEST_CASE("one run: too short for batch means") {
    const auto too_short = [](const std::string& length, const std::string& measure) {
        const auto result = tests::simulated(queue(
            0.9, "length: " + length + ", warm_up: 0s, replications: 1", "objectives: [" + measure + "]\n"));
        CHECK(result.objectives[0].verdict == studies::Verdict::inconclusive);
        CHECK(result.objectives[0].reason == studies::Reason::data);
        CHECK(result.objectives[0].explanation ==
              "the run is too short for batch means; make it longer, or run more replications");
    };
    too_short("30s", "avg present(server) < 100");
    too_short("60s", "avg wait(server) < 100s");
    too_short("60s", "avg attempts(server) < 100");  // one each, but of 60 items
}

TEST_CASE("one run: where nothing is steady there is no interval, and why is said") {
    const auto refused = [](const studies::PreparedRun& prepared, const std::string& why) {
        const auto result = tests::simulated(prepared);
        CHECK(result.interval_reason == "none, as there is one replication, and " + why);
        for (const auto& metric : result.metrics) CHECK_FALSE(metric.estimate.low.has_value());
        for (const auto& metric : result.metrics) CHECK(metric.parts.empty());
    };
    refused(queue(1.2, followed), "more work arrives than can be done");
    refused(queue(0.5, followed, "actions: [{at: 5000s, set: server.workers, to: 2}]\n"),
            "what happens changes over the run");
    refused(
        tests::prepared(
            std::string(server) +
            "load: {jobs: {arrivals: poisson(0.5/s), count: 2000}}\nrun: {until: empty, replications: 1}\n"),
        "the run lasts until the system is empty");
    // Several replications are as ever, and so is a precision, which makes several.
    CHECK(
        tests::simulated(queue(0.5, "length: 1000s, warm_up: 0s, replications: 2")).interval_reason.empty());
    const auto precise = queue(0.5, "length: 1000s, warm_up: 0s, replications: 1, precision: 30%");
    CHECK(studies::parts_of(precise) == 0);
    CHECK(tests::simulated(precise).interval_reason.empty());
    CHECK(studies::parts_of(queue(0.5, followed)) == kernel::most_parts);
}

TEST_CASE("one run: a run goes on from it as from any, and it is judged anew without being simulated") {
    const auto of = [](int replications, const std::string& limit = "1s") {
        return queue(
            0.5, "length: 10000s, warm_up: 500s, sample: 100s, replications: " + std::to_string(replications),
            "objectives: [avg wait(server) < " + limit + "]\n");
    };
    const auto one = studies::run(of(1), options());
    CHECK(
        std::any_of(one.metrics.begin(), one.metrics.end(), [](const auto& m) { return !m.parts.empty(); }));
    const auto again = studies::run(of(1, "9s"), options(), reread(one));
    CHECK(again.reused == 1);
    CHECK(bytes_of(again) == bytes_of(studies::run(of(1, "9s"), options())));
    CHECK(again.objectives[0].verdict == studies::Verdict::met);
    const auto three = studies::run(of(3), options());
    const auto topped_up = studies::run(of(3), options(), reread(one));
    CHECK(topped_up.reused == 1);
    CHECK(bytes_of(topped_up) == bytes_of(three));
    // One of three was not followed: it is simulated again.
    const auto cut = studies::run(of(1), options(), reread(three));
    CHECK(cut.reused == 0);
    CHECK(cut.not_reused == "an interval of one replication takes its course, which only a run of one keeps");
    CHECK(bytes_of(cut) == bytes_of(one));
}

TEST_CASE("coverage: one run") {
    // The relaxation time of the queue, 1 / (1 - sqrt(load))^2 services.
    const int runs = runs_of(12);
    for (const double load : {0.5, 0.8, 0.9})
        for (const double lengths : {10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0}) {
            if (!is_asked() && (lengths < 100 || load * lengths > 200)) continue;
            const double relaxation = 1 / ((1 - std::sqrt(load)) * (1 - std::sqrt(load)));
            const auto warm_up = static_cast<long>(10 * relaxation);
            const auto length = warm_up + static_cast<long>(lengths * relaxation);
            auto prepared = queue(load,
                                  "length: " + std::to_string(length) +
                                      "s, warm_up: " + std::to_string(warm_up) + "s, replications: 1",
                                  "measures: [avg wait(server), avg present(server)]\n");
            const double truth = load / (1 - load);  // of waits in services, and of how many are there
            int judged[2] = {}, held[2] = {};
            double width[2] = {};
            for (int seed = 1; seed <= runs; ++seed) {
                prepared.scenario.run.seed = static_cast<std::uint64_t>(seed);
                const auto result = tests::simulated(prepared);
                for (const int i : {0, 1}) {
                    const auto& estimate = result.metrics[static_cast<std::size_t>(i)].estimate;
                    if (!estimate.low) continue;
                    ++judged[i];
                    held[i] += *estimate.low <= truth && truth <= *estimate.high;
                    width[i] += (*estimate.high - *estimate.low) / 2 / truth;
                }
            }
            for (const int i : {0, 1}) {
                const double coverage = judged[i] == 0 ? 1 : 1.0 * held[i] / judged[i];
                const std::string what = "load " + std::to_string(load).substr(0, 3) + ", " +
                                         std::to_string(static_cast<int>(lengths)) + " relaxation times, " +
                                         (i == 0 ? "wait" : "present");
                CAPTURE(what);
                if (is_asked())
                    MESSAGE(what << ": " << judged[i] << " of " << runs << " judged, held " << 100 * coverage
                                 << " %, half-width " << 100 * width[i] / std::max(judged[i], 1) << " %");
                if (runs >= 500) {
                    CHECK(coverage >= (lengths < 30 ? 0.90 : 0.925));
                    CHECK(coverage <= 0.975);
                    if (lengths >= 100) CHECK(judged[i] >= 0.95 * runs);
                } else if (lengths >= 100) {  // of shorter ones there are none in the tests

                    CHECK(judged[i] >= runs - 1);
                    CHECK(held[i] >= judged[i] - 3);
                }
            }
        }
}
