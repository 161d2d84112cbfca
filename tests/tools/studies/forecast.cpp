// Promised: what is expected before a run is what comes out, or says that it is approximate; a system that is asked
// for more than it can do is never called stable or its objectives met, and what lies behind it is judged by what
// reaches it. Shown: small scenarios whose capacity is known by hand, and runs of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "models/analytic/capacity.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/stability.h"

using namespace understudy;
using studies::Reason;
using studies::Verdict;
using tests::warns;

namespace {

studies::PreparedRun prepared(const std::string& twin, const std::string& rest) {
    return tests::prepared("twin:\n" + twin + rest);
}

models::StationForecast expected(const studies::PreparedRun& run, const std::string& element) {
    for (const auto& station : run.forecast)
        if (station.element == element) return station;
    FAIL("nothing is expected of " << element);
    return {};
}

studies::RunResult simulate(const studies::PreparedRun& run) { return tests::simulated(run); }

double simulated(const studies::RunResult& result, const std::string& name) {
    for (const auto& metric : result.metrics)
        if (metric.name == name) return metric.estimate.value.value_or(-1);
    return -1;
}

const std::string nodes = "  pools: {p: {workers: 2, cores: 4, memory: 8GiB}}\n";

}  // namespace

TEST_CASE("a node holds whole needs only, by cores and by memory") {
    const std::vector<models::WorkerKind> two = {{2, 4, 8.0 * (1 << 30), 1}};
    CHECK(models::fits(two, {"p", 1, 3, 0}) == 2);
    CHECK(models::fits(two, {"p", 1, 1, std::int64_t{8} << 30}) == 2);
    CHECK(models::fits(two, {"p", 1, 2, std::int64_t{2} << 30}) == 4);
    CHECK(models::fits(two, {"p", 3, 2, 0}) == 1);
    CHECK(models::fits(two, {"p", 1, 0, 0}) == 2);
    CHECK(models::fits({{10, 0, 0, 1}}, {"p", 6, 0, 0}) == 1);
    CHECK(models::fits({{1, 8, 0, 1}, {3, 2, 0, 1}}, {"p", 1, 2, 0}) == 7);
}

TEST_CASE("gaps that nothing fits in are no capacity") {
    const auto run = prepared(nodes +
                                  "  stages:\n"
                                  "    a: {reads: jobs, runs_on: {p: {cores: 3}}, service: 1s}\n"
                                  "    b: {reads: a, runs_on: {p: {cores: 3}}, service: 1s}\n",
                              "load: {jobs: {arrivals: poisson(1.1/s)}}\n"
                              "run: {length: 2h, replications: 4, warm_up: 20min}\n"
                              "objectives: [avg utilisation(p) < 80%, p(95) latency(a) < 10h]\n");
    const auto p = expected(run, "p");
    CHECK_FALSE(p.stable);
    CHECK_FALSE(p.exact);
    CHECK(p.load > 1);
    const auto result = simulate(run);
    for (const auto& objective : result.objectives) {
        CHECK(objective.verdict == Verdict::inconclusive);
        CHECK(objective.reason == Reason::unstable);
    }
    CHECK(result.reason == Reason::unstable);
}

TEST_CASE("with less to do the same nodes are stable, and the expected utilisation is what comes out") {
    const auto run = prepared(nodes + "  stages: {a: {reads: jobs, runs_on: {p: {cores: 3}}, service: 1s}}\n",
                              "load: {jobs: {arrivals: poisson(1.6/s)}}\n"
                              "run: {length: 5h, replications: 4, warm_up: 20min}\n");
    const auto p = expected(run, "p");
    CHECK(p.stable);
    CHECK(p.exact);
    CHECK(p.load == doctest::Approx(0.8));
    CHECK(*p.utilisation == doctest::Approx(0.6));
    const auto result = simulate(run);
    CHECK(simulated(result, "avg utilisation(p)") == doctest::Approx(0.6).epsilon(0.02));
    CHECK(result.warnings.empty());
}

TEST_CASE("memory binds where it is the scarcer") {
    const auto run = prepared(
        nodes + "  stages: {a: {reads: jobs, runs_on: {p: {cores: 1, memory: 8GiB}}, service: 1s}}\n",
        "load: {jobs: {arrivals: poisson(2.5/s)}}\nrun: {length: 2h, replications: 4, warm_up: 20min}\n");
    CHECK(expected(run, "p").load == doctest::Approx(1.25));
    CHECK_FALSE(expected(run, "p").stable);
}

TEST_CASE("gangs that do not fill a pool, launches and releases take capacity") {
    const auto run = prepared(
        "  pools: {p: {workers: 10}, lic: {workers: 10}, q: {workers: 4, launch: 1s, "
        "release: 500ms}}\n  stages:\n"
        "    a: {reads: jobs, runs_on: {p: 6, lic: 1}, service: 1s}\n"
        "    b: {reads: jobs2, runs_on: q, service: 1s}\n",
        "load: {jobs: {arrivals: poisson(1.2/s)}, jobs2: {arrivals: poisson(1.2/s)}}\n"
        "run: {length: 2h, replications: 4, warm_up: 20min}\n"
        "objectives: [p(95) wait(a) < 5h, p(95) wait(b) < 5h]\n");
    CHECK(expected(run, "p").load == doctest::Approx(1.2));
    CHECK_FALSE(expected(run, "p").stable);
    // One at a time gets through p.
    CHECK(*expected(run, "lic").utilisation == doctest::Approx(0.1));
    CHECK(expected(run, "lic").stable);
    CHECK(*expected(run, "q").utilisation == doctest::Approx(0.75));
    const auto result = simulate(run);
    CHECK(simulated(result, "avg utilisation(lic)") == doctest::Approx(0.1).epsilon(0.03));
    CHECK(simulated(result, "avg utilisation(q)") == doctest::Approx(0.75).epsilon(0.03));
    CHECK(result.objectives[0].reason == Reason::unstable);
    CHECK(result.objectives[1].verdict == Verdict::met);
}

TEST_CASE("needs of different sizes are bounded, not called exact") {
    const auto run = prepared(nodes +
                                  "  stages:\n"
                                  "    a: {reads: jobs, runs_on: {p: {cores: 3}}, service: 1s}\n"
                                  "    b: {reads: jobs, runs_on: {p: {cores: 1}}, service: 1s}\n",
                              "load: {jobs: {arrivals: poisson(1/s)}}\n"
                              "run: {length: 1h, replications: 2, warm_up: 0s}\n");
    const auto p = expected(run, "p");
    CHECK_FALSE(p.exact);
    CHECK(p.load == doctest::Approx(0.5));
    CHECK(p.caveat.find("between 50% and 62.5%") != std::string::npos);
}

TEST_CASE("what lies behind an overloaded stage gets what passes, and is judged by that") {
    const auto run = prepared(
        "  stages:\n"
        "    s: {reads: jobs, workers: 1, service: exponential(mean 1s)}\n"
        "    z: {reads: s, workers: 1, service: 300ms}\n"
        "    y: {reads: z, workers: 1, service: 1100ms}\n",
        "load: {jobs: {arrivals: poisson(1.2/s)}}\n"
        "run: {length: 5h, replications: 5, warm_up: 1h}\n"
        "objectives: [p(95) latency(z) < 20h, p(95) latency(s) < 20h, p(95) latency() < 20h]\n");
    CHECK_FALSE(expected(run, "s").stable);
    const auto z = expected(run, "z");
    CHECK(z.stable);
    CHECK_FALSE(z.exact);
    CHECK(*z.utilisation == doctest::Approx(0.3));
    CHECK(expected(run, "y").load == doctest::Approx(1.1));
    const auto result = simulate(run);
    CHECK(simulated(result, "avg utilisation(z)") == doctest::Approx(0.3).epsilon(0.03));
    CHECK(result.objectives[0].verdict == Verdict::met);
    CHECK(result.objectives[1].reason == Reason::unstable);
    CHECK(result.objectives[2].reason == Reason::unstable);
}

TEST_CASE("a loop back to an overloaded stage settles") {
    const auto run = prepared(
        "  stages:\n"
        "    s: {reads: [jobs, again], workers: 1, service: 1s, "
        "writes: {again: 50%, exit: 50%}}\n",
        "load: {jobs: {arrivals: poisson(1/s)}}\n"
        "run: {length: 1h, replications: 2, warm_up: 0s}\n");
    // x arrives, 1 passes, half of it comes back: x = 1 + 0.5.
    CHECK(expected(run, "s").load == doctest::Approx(1.5));
}

TEST_CASE("a backlog that grows although the forecast is content is said, and nothing is met on it") {
    // In order of arrival a need of 4 cores waits until a node is empty, and all behind it wait as well.
    const auto run = prepared(
        "  pools: {p: {workers: 2, cores: 4}}\n  stages:\n"
        "    a: {reads: jobs, runs_on: {p: {cores: 4}}, service: 1s}\n"
        "    b: {reads: jobs2, runs_on: {p: {cores: 1}}, service: exponential(mean 4s)}\n",
        "load: {jobs: {arrivals: poisson(0.85/s)}, jobs2: {arrivals: poisson(0.85/s)}}\n"
        "run: {length: 3h, replications: 4, warm_up: 10min}\n"
        "objectives: [p(95) wait(a) < 10h]\n");
    CHECK(expected(run, "p").stable);
    CHECK_FALSE(expected(run, "p").exact);
    const auto result = simulate(run);
    CHECK(warns(result, "'p': the number in line grew over the run"));
    CHECK(warns(result, "'p' was expected at 85% utilisation and came out at"));
    CHECK(result.objectives[0].verdict == Verdict::inconclusive);
    CHECK(result.objectives[0].reason == Reason::unstable);
}

TEST_CASE("what held until a deadlock is not met, promised or not") {
    const std::string twin =
        "    a: {reads: [jobs, b], workers: 1, service: 1s, queue: {capacity: 1, full: block}, "
        "writes: {a2: 90%, exit: 10%}}\n"
        "    b: {reads: a2, workers: 1, service: 1s, queue: {capacity: 1, full: block}}\n";
    const std::string load =
        "load: {jobs: {arrivals: poisson(0.09/s)}}\n"
        "run: {length: 5h, warm_up: 0s, replications: 3}\n";
    const auto result = simulate(
        prepared("  stages:\n" + twin, load + "objectives: [avg latency(a) < 10h, total arrived(a) >= 1,\n"
                                              "             avg utilisation(a) > 99.9999%]\n"));
    CHECK(result.broken_off == "deadlock at a, b");
    for (const std::size_t i : {0, 1}) {
        CHECK(result.objectives[i].verdict == Verdict::inconclusive);
        CHECK(result.objectives[i].reason == Reason::unstable);
        CHECK(result.objectives[i].explanation ==
              "deadlock at a, b: what holds in this run need not hold in a longer one");
    }
    CHECK(result.objectives[2].verdict == Verdict::violated);
    const auto no_promise = simulate(prepared("  stages:\n" + twin, load));
    CHECK(no_promise.verdict == Verdict::inconclusive);
    CHECK(no_promise.reason == Reason::unstable);
}

TEST_CASE("growth is told from a line that is long") {
    std::vector<std::vector<double>> ramps, steady;
    for (int r = 0; r < 5; ++r) {
        ramps.emplace_back();
        steady.emplace_back();
        for (int i = 0; i < 100; ++i) {
            ramps.back().push_back(i * (1 + 0.1 * r));
            steady.back().push_back(50 + (i * 37 + r * 11) % 20);
        }
    }
    CHECK(studies::grown_line(ramps, 0, 0.95));
    CHECK_FALSE(studies::grown_line(steady, 0, 0.95));
    CHECK_FALSE(studies::grown_line(ramps, 98, 0.95));
    CHECK_FALSE(studies::grown_line(std::vector<std::vector<double>>{ramps[0]}, 0, 0.95));
}

TEST_CASE("a utilisation that strays from what was expected is a warning") {
    models::StationForecast station{"p", 8, 10, 0.8, 1, false, "", true};
    CHECK(studies::strays(station, {0.7, 0.69, 0.71}) ==
          "'p' was expected at 80% utilisation and came out at 70% (69 to 71%)");
    CHECK(studies::strays(station, {0.77, 0.76, 0.78}).empty());
    CHECK(studies::strays(station, {0.7, 0.5, 0.9}).empty());
}

TEST_CASE("a round that nothing leaves is said at the round, and the rest is known as it is without it") {
    const auto run = prepared(
        "  stages:\n"
        "    first: {reads: jobs, workers: 1, service: exponential(mean 1s)}\n"
        "    server: {reads: [first, again], workers: 1, service: 1s, writes: [again, out]}\n"
        "    after: {reads: out, workers: 1, service: 1s}\n"
        "    beside: {reads: others, workers: 2, service: exponential(mean 1s)}\n",
        "load: {jobs: {arrivals: poisson(0.5/s)}, others: {arrivals: poisson(1/s)}}\n"
        "run: {length: 2h, replications: 4, warm_up: 10min}\n"
        "objectives: [avg wait(first) < 100s, avg wait(server) < 100s]\n");
    CHECK(expected(run, "first").utilisation == doctest::Approx(0.5));
    CHECK(expected(run, "first").exact);
    CHECK(expected(run, "beside").utilisation == doctest::Approx(0.5));
    CHECK(expected(run, "beside").exact);
    const auto server = expected(run, "server");
    CHECK_FALSE(server.stable);
    CHECK_FALSE(server.utilisation);
    CHECK(server.caveat == "what enters goes round and never leaves");
    CHECK_FALSE(expected(run, "after").utilisation);
    REQUIRE(run.warnings.size() == 1);
    CHECK(run.warnings[0].text == "'server': what enters goes round and never leaves");
    const auto result = simulate(run);
    CHECK(result.objectives[0].verdict == Verdict::met);
    CHECK(result.objectives[1].reason == Reason::unstable);
}

TEST_CASE("a round that makes more of what enters has no end either, one that makes less has") {
    const auto round = [](const std::string& emits, const std::string& back) {
        return expected(
            prepared("  stages:\n"
                     "    first: {reads: jobs, workers: 1, service: 1s}\n"
                     "    server: {reads: [first, again], workers: 9, service: 1s, emits: {items: " +
                         emits + "}, writes: {again: " + back +
                         "%, exit: " + std::to_string(100 - std::stoi(back)) + "%}}\n",
                     "load: {jobs: {arrivals: poisson(0.5/s)}}\nrun: {length: 2h}\n"),
            "server");
    };
    CHECK_FALSE(round("3", "50").utilisation);
    CHECK_FALSE(round("2", "50").stable);
    CHECK(round("3", "20").arrival_rate == doctest::Approx(0.5 / 0.4));
    CHECK(round("1", "50").arrival_rate == doctest::Approx(1));
}

TEST_CASE("what may be dropped makes of what is expected a bound, and no warning") {
    const auto run = prepared(
        "  stages:\n"
        "    gate: {reads: jobs, workers: 1, queue: {capacity: 0, full: drop}, "
        "service: exponential(mean 1s), dead_letter: rest}\n"
        "    after: {reads: gate, workers: 2, service: exponential(mean 1s)}\n"
        "    bin: {reads: rest, workers: 1, service: exponential(mean 1s)}\n"
        "    beside: {reads: others, workers: 1, service: exponential(mean 1s)}\n",
        "load: {jobs: {arrivals: poisson(0.9/s)}, others: {arrivals: poisson(0.5/s)}}\n"
        "run: {length: 5h, replications: 4, warm_up: 10min}\n");
    for (const char* name : {"gate", "after"}) {
        CHECK(expected(run, name).at_most);
        CHECK_FALSE(expected(run, name).exact);
    }
    CHECK(expected(run, "gate").utilisation == doctest::Approx(0.9));
    CHECK(expected(run, "after").utilisation == doctest::Approx(0.45));
    CHECK_FALSE(expected(run, "bin").utilisation);
    CHECK_FALSE(expected(run, "beside").at_most);
    CHECK(expected(run, "beside").exact);
    const auto result = simulate(run);
    // Erlang B: 0.9 / 1.9 of what comes is dropped.
    CHECK(simulated(result, "avg utilisation(gate)") == doctest::Approx(0.9 / 1.9).epsilon(0.05));
    CHECK(result.warnings.empty());
    // Above the bound it would be one.
    models::StationForecast station{"p", 8, 10, 0.8, 1, false, "", true};
    station.at_most = true;
    CHECK(studies::strays(station, {0.7, 0.69, 0.71}).empty());
    CHECK_FALSE(studies::strays(station, {0.9, 0.89, 0.91}).empty());
}

TEST_CASE("a share without a miss is not a share of 100 %") {
    const auto rest = [](int seed) {
        return "run: {length: 7d, start: 2026-03-09T00:00, replications: 4, seed: " + std::to_string(seed) +
               "}\nobjectives: [share landed(revenue) by 06:30 >= 99%]\n";
    };
    const std::string twin =
        "  pools: {spark: {workers: 6}}\n"
        "  pipelines:\n    rev:\n      schedule: daily at 05:00\n"
        "      tasks: {build: {runs_on: spark, service: mix(98% 30min or 2% 120min), writes: revenue}}\n";
    // 98 % land in time: met is wrong. Before counts were pooled, 40 of 60 seeds said so.
    int met = 0, covered = 0;
    for (int seed = 1; seed <= 60; ++seed) {
        const auto result = simulate(prepared(twin, rest(seed)));
        const auto& objective = result.objectives[0];
        met += objective.verdict == Verdict::met ? 1 : 0;
        covered += *objective.estimate.low <= 0.98 && 0.98 <= *objective.estimate.high ? 1 : 0;
    }
    MESSAGE("met " << met << ", covered " << covered << " of 60");
    CHECK(met == 0);
    CHECK(covered >= 55);
}

TEST_CASE("shares of items are covered as often as promised") {
    const std::string twin = "  stages: {s: {reads: jobs, workers: 5, service: 1s, failure: 0.2%}}\n";
    int covered = 0, met = 0;
    for (int seed = 1; seed <= 60; ++seed) {
        const auto result =
            simulate(prepared(twin,
                              "load: {jobs: {arrivals: poisson(30/h)}}\n"
                              "run: {length: 10h, warm_up: 0s, replications: 4, seed: " +
                                  std::to_string(seed) + "}\nobjectives: [share lost(s) < 0.1%]\n"));
        const auto& objective = result.objectives[0];
        met += objective.verdict == Verdict::met ? 1 : 0;
        covered += *objective.estimate.low <= 0.002 && 0.002 <= *objective.estimate.high ? 1 : 0;
    }
    MESSAGE("met " << met << ", covered " << covered << " of 60");
    CHECK(met <= 3);
    CHECK(covered >= 55);
}

TEST_CASE("an overloaded round has its one answer, however much goes round") {
    // Without limits 100 times of what enters would come to each; each does 3/s, of which 99 % come to the next.
    const int stages = 40;
    std::string twin = "  stages:\n", ways;
    for (int i = 0; i < stages; ++i) {
        const std::string number = std::to_string(i), next = std::to_string((i + 1) % stages);
        twin += "    s" + number + ": {reads: q" + number +
                ", workers: 3, service: exponential(mean 1s), writes: {q" + next + ": 99%, exit: 1%}}\n";
        ways += (i > 0 ? ", q" : "q") + number + ": 2.5%";
    }
    const auto run = prepared(twin, "load: {jobs: {arrivals: poisson(" + std::to_string(20 * stages) +
                                        "/min), writes: {" + ways + "}}}\nrun: {length: 1h}\n");
    for (const auto& station : run.forecast) CHECK(station.load == doctest::Approx((1.0 / 3 + 0.99 * 3) / 3));
    CHECK(std::any_of(run.warnings.begin(), run.warnings.end(), [](const auto& warning) {
        return warning.text.starts_with("'s7' is offered 110.1% of");
    }));
}

TEST_CASE("stages that are held up together share their workers as what comes to each asks") {
    // Both are held up by one worker: 4/s and 2/s come, of half a second each, and it does 2/s: 4/3 and 2/3 of them.
    const auto run = prepared(
        "  pools: {p: {workers: 1}}\n"
        "  stages:\n"
        "    a: {reads: as, runs_on: p, service: exponential(mean 500ms), writes: left}\n"
        "    b: {reads: bs, runs_on: p, service: exponential(mean 500ms), writes: right}\n"
        "    after_a: {reads: left, workers: 2, service: exponential(mean 1s)}\n"
        "    after_b: {reads: right, workers: 1, service: exponential(mean 1s)}\n",
        "load:\n  as: {arrivals: poisson(4/s)}\n  bs: {arrivals: poisson(2/s)}\nrun: {length: 1h}\n");
    CHECK(expected(run, "p").load == doctest::Approx(3));
    CHECK(expected(run, "after_a").load == doctest::Approx(2.0 / 3));
    CHECK(expected(run, "after_b").load == doctest::Approx(2.0 / 3));
}

TEST_CASE("stages of a round that share workers are held up by as much as their equation has it") {
    const auto run = prepared(
        "  pools: {p: {workers: 1}}\n"
        "  stages:\n"
        "    a: {reads: [jobs, back], runs_on: p, service: exponential(mean 500ms), writes: mid}\n"
        "    b: {reads: mid, runs_on: p, service: exponential(mean 2s), writes: {back: 95%, exit: 5%}}\n"
        "    c: {reads: more, runs_on: p, service: exponential(mean 100ms), writes: back}\n",
        "load:\n  jobs: {arrivals: poisson(1/s)}\n  more: {arrivals: poisson(2/s)}\nrun: {length: 1h}\n");
    // Each passes on one in `load` of what comes: to a 1 + 2 / load + 0.95 b / load, to b a / load, to c 2.
    const double load = expected(run, "p").load;
    const double a = (1 + 2 / load) / (1 - 0.95 / load / load), b = a / load;
    CHECK(load > 2);
    CHECK(load == doctest::Approx(0.5 * a + 2 * b + 0.1 * 2).epsilon(1e-9));
}

TEST_CASE("what waits for a budget passes on only what it is filled by") {
    const auto run = prepared(
        "  budgets: {quota: {capacity: 10, refill: 1/s}, tokens: {capacity: 100, refill: every 100ms}}\n"
        "  stages:\n"
        "    gate: {reads: calls, spends: {quota: 1, tokens: weight}, workers: 50, service: 1s}\n"
        "    after: {reads: gate, workers: 3, service: 1s}\n"
        "    easy: {reads: others, spends: tokens, workers: 2, service: 1s}\n",
        "load:\n  calls: {arrivals: poisson(2/s), fields: {weight: 3}}\n"
        "  others: {arrivals: poisson(1/s)}\nrun: {length: 1h}\n");
    const auto gate = expected(run, "gate");
    CHECK_FALSE(gate.stable);
    CHECK(gate.budget == "quota");
    CHECK(run.warnings.front().text ==
          "'gate' would spend 200% of what budget 'quota' is filled by: its backlog grows without end");
    CHECK(gate.load == doctest::Approx(2));
    CHECK(gate.offered_load == doctest::Approx(1));
    CHECK(*expected(run, "after").utilisation == doctest::Approx(1.0 / 3));
    CHECK(expected(run, "easy").stable);
}

TEST_CASE("ways that go by values have their exact shares, and means behind them") {
    const auto run = prepared(
        "  stages:\n"
        "    sort: {reads: jobs, writes: {short: work < 1s, long: else}}\n"
        "    quick: {reads: short, workers: 1, service: work}\n"
        "    slow: {reads: long, workers: 4, service: work}\n"
        "    again: {reads: slow, writes: {mid: work < 2s, exit: else}}\n"
        "    middle: {reads: mid, workers: 1, service: 1s}\n",
        "load: {jobs: {arrivals: poisson(1/s), fields: {work: exponential(mean 1s)}}}\nrun: {length: 1h}\n");
    const double e = std::exp(1.0);
    const auto quick = expected(run, "quick"), slow = expected(run, "slow"), middle = expected(run, "middle");
    CHECK(quick.exact);
    CHECK(quick.arrival_rate == doctest::Approx(1 - 1 / e));
    CHECK(quick.offered_load == doctest::Approx(1 - 2 / e));
    CHECK(slow.exact);
    CHECK(slow.offered_load == doctest::Approx(2 / e));
    // What has taken one way is no longer what it was.
    CHECK(middle.exact);
    CHECK(middle.arrival_rate == doctest::Approx(1 / e - 1 / (e * e)));
}

TEST_CASE("values that change on the way, in loops too, are followed exactly") {
    const auto twice = prepared(
        "  stages:\n"
        "    server: {reads: [jobs, again], workers: 1, service: work, emits: {fields: {visit: visit + 1, "
        "work: "
        "uniform(0s..1s)}}, writes: {again: visit < 3, exit: else}}\n",
        "load: {jobs: {arrivals: poisson(0.25/s), fields: {visit: 0, work: exponential(mean 2s)}}}\nrun: "
        "{length: "
        "1h}\n");
    CHECK(expected(twice, "server").exact);
    CHECK(expected(twice, "server").arrival_rate == doctest::Approx(0.75));
    CHECK(expected(twice, "server").offered_load == doctest::Approx(0.25 * (2 + 0.5 + 0.5)));
    const auto good_enough = prepared(
        "  stages:\n"
        "    model: {reads: [jobs, again], workers: 9, service: 1s, emits: {fields: {score: uniform(0..1)}}, "
        "writes: "
        "{again: score < 0.75, exit: else}}\n",
        "load: {jobs: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\n");
    CHECK(expected(good_enough, "model").exact);
    CHECK(expected(good_enough, "model").offered_load == doctest::Approx(4));
}

TEST_CASE("sizes that decide the way are what lies behind it") {
    const auto run = prepared(
        "  stages:\n"
        "    small: {reads: smalls, workers: 1, service: 1s per GB}\n"
        "    large: {reads: larges, workers: 1, service: 1s per GB}\n",
        "load: {files: {arrivals: poisson(0.1/s), size: uniform(0GB..4GB), writes: {smalls: size <= 1GB, "
        "larges: "
        "else}}}\nrun: {length: 1h}\n");
    CHECK(expected(run, "small").exact);
    CHECK(expected(run, "small").offered_load == doctest::Approx(0.1 * 0.25 * 0.5));
    CHECK(expected(run, "large").offered_load == doctest::Approx(0.1 * 0.75 * 2.5));
}

TEST_CASE("values that no law tells are not called exact") {
    for (const std::string work : {"1s + exponential(mean 1s)", "exponential(mean 500ms) per record"}) {
        const auto run = prepared(
            "  stages:\n    quick: {reads: short, workers: 1, service: 1s}\n    slow: {reads: long, workers: "
            "1, "
            "service: 1s}\n",
            "load: {jobs: {arrivals: poisson(1/s), records: 2, fields: {work: " + work +
                "}, writes: {short: work < 1s, long: else}}}\nrun: {length: 1h}\n");
        CHECK_FALSE(expected(run, "quick").exact);
        CHECK(expected(run, "quick").caveat == "items go by values that are not known beforehand");
    }
    // Who is slow is cut off more often.
    const auto lost = prepared(
        "  stages:\n"
        "    first: {reads: jobs, workers: 1, service: work, timeout: 2s, writes: {short: work < 1s, long: "
        "else}}\n"
        "    quick: {reads: short, workers: 1, service: 1s}\n    slow: {reads: long, workers: 1, service: "
        "1s}\n",
        "load: {jobs: {arrivals: poisson(0.5/s), fields: {work: exponential(mean 1s)}}}\nrun: {length: "
        "1h}\n");
    CHECK_FALSE(expected(lost, "slow").exact);
}

TEST_CASE("what pipelines write is not counted, and that is said") {
    const auto run = prepared(
        "  stages:\n    use: {reads: made, workers: 1, service: 10min}\n    more: {reads: use, workers: 1, "
        "service: 1s}\n"
        "  pipelines: {line: {schedule: every 1h, tasks: {it: {workers: 1, service: 1s, writes: made}}}}\n",
        "run: {length: 10h, replications: 2}\n");
    CHECK_FALSE(expected(run, "use").exact);
    CHECK(expected(run, "more").caveat == "what pipelines write comes on top of it");
}

TEST_CASE("what tasks write is read by tasks") {
    // 3600 orders an hour: build takes 6 min of an hour, book 30 min, mail all of one worker.
    const std::string twin =
        "  pools: {spark: {workers: 2}}\n  datasets: {orders: {}, paid: {}, ledger: {}}\n"
        "  stages:\n    mail: {reads: orders, runs_on: spark, service: 1s}\n  pipelines:\n"
        "    nightly:\n      schedule: every 1h\n      tasks:\n";
    const std::string book =
        "        book: {after: [build], reads: {paid: new}, runs_on: spark, service: 500ms per record, "
        "writes: "
        "ledger}\n";
    const std::string build =
        "        build: {reads: {orders: new}, runs_on: spark, service: 100ms per record, writes: paid}\n";
    const std::string rest =
        "load: {clicks: {arrivals: every 1s, writes: orders}}\n"
        "run: {length: 40h, warm_up: 0s, replications: 2}\n";
    const auto run = prepared(twin + build + book, rest);
    CHECK(*expected(run, "spark").utilisation == doctest::Approx(0.8));
    CHECK(simulated(simulate(run), "avg utilisation(spark)") == doctest::Approx(0.8).epsilon(0.03));
    // In whatever order they stand, and with half of the records.
    CHECK(*expected(prepared(twin + book + build, rest), "spark").utilisation == doctest::Approx(0.8));
    std::string half = build;
    half.insert(half.find(", writes"), ", emits: {records: 50%}");
    CHECK(*expected(prepared(twin + half + book, rest), "spark").utilisation == doctest::Approx(0.675));
    // What is written starts runs as well.
    const std::string sum =
        "    sum:\n      schedule: updated ledger\n      tasks: {s: {runs_on: spark, service: 6min}}\n";
    CHECK(*expected(prepared(twin + build + book + sum, rest), "spark").utilisation == doctest::Approx(0.85));
    // Of what goes round nobody knows how much it is.
    const std::string round =
        "    round:\n      schedule: every 1h\n      tasks: {again: {reads: {ledger: new}, runs_on: spark, "
        "service: 1s per record, writes: paid}}\n";
    const auto unknown = expected(prepared(twin + build + book + round, rest), "spark");
    CHECK_FALSE(unknown.load_known());
    CHECK(unknown.caveat == "how much its tasks read is not known beforehand");
}

TEST_CASE("what is known beside users whose pace is not") {
    const std::string load =
        "load: {a: {arrivals: poisson(3/s)}, u: {users: 1, think: 10s}}\nrun: {length: 2h, warm_up: 0s}\n";
    const auto run = prepared(
        "  stages:\n    w: {reads: a, workers: 2, service: 2s}\n    behind: {reads: w, workers: 1, service: "
        "100ms}\n    v: {reads: u, workers: 1, service: 100ms}\n",
        load);
    CHECK(expected(run, "w").load == doctest::Approx(3));
    CHECK_FALSE(expected(run, "w").stable);
    // It gets what w can do.
    CHECK(*expected(run, "behind").utilisation == doctest::Approx(0.1));
    CHECK_FALSE(expected(run, "v").load_known());
    // Who shares workers with what is not known, or comes behind it, is not known either.
    const auto shared = prepared(
        "  pools: {p: {workers: 3}}\n  stages:\n    w: {reads: a, runs_on: p, service: 100ms}\n"
        "    behind: {reads: w, workers: 1, service: 100ms}\n    v: {reads: u, runs_on: p, service: 100ms}\n"
        "    beside: {reads: a, workers: 1, service: 100ms}\n",
        load);
    CHECK_FALSE(expected(shared, "p").load_known());
    CHECK_FALSE(expected(shared, "behind").load_known());
    CHECK(*expected(shared, "beside").utilisation == doctest::Approx(0.3));
}
