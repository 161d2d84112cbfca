// Promised: finished runs are compared in pairs where their seeds are the same, else as independent samples; what does
// not change differs by exactly 0; a difference of quantiles is that of the quantiles; of three runs and more each stands
// beside the best. Shown: small scenarios, run and compared.
#include "tools/studies/compare.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/pooled.h"
#include "kernel/random.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"

using namespace understudy;
using kernel::Difference;
using kernel::Standing;

namespace {

studies::ComparedRun run_of(const std::string& name, const std::string& service, const std::string& more = "",
                            const std::string& run = "length: 2h, warm_up: 5min, replications: 20, seed: 3") {
    const std::string text = "twin:\n  stages:\n" + more +
                             "    server: {reads: jobs, workers: 1, service: " + service +
                             "}\nload: {jobs: {arrivals: poisson(0.5/s)}" +
                             (more.empty() ? "" : ", others: {arrivals: poisson(1/s)}") + "}\nrun: {" + run +
                             "}\nmeasures: [avg wait(server), p(90) latency(server), sd wait(server)]\n";
    return {name, tests::simulated(tests::prepared(text))};
}

const studies::ComparedMeasure& measure(const studies::Comparison& comparison, const std::string& name) {
    const auto found = std::find_if(comparison.measures.begin(), comparison.measures.end(),
                                    [&](const auto& one) { return one.name == name; });
    REQUIRE(found != comparison.measures.end());
    return *found;
}

}  // namespace

TEST_CASE("an identical run differs by exactly 0") {
    const auto comparison =
        studies::compare({run_of("a", "exponential(mean 1s)"), run_of("b", "exponential(mean 1s)")}, {});
    CHECK(comparison.paired);
    CHECK(comparison.warnings.empty());
    CHECK(comparison.only_in_some.empty());
    CHECK(comparison.measures.size() > 5);
    for (const auto& one : comparison.measures) {
        INFO(one.name);
        REQUIRE(one.differences.size() == 1);
        REQUIRE(one.differences[0].difference);
        CHECK(one.differences[0].difference->estimate.low == 0);
        CHECK(one.differences[0].difference->estimate.high == 0);
    }
}

TEST_CASE("what is the same to the last bit differs by exactly 0 where there is no interval of each, too") {
    const std::string few = "length: 2min, warm_up: 0s, replications: 3, seed: 3";
    const auto a = run_of("a", "exponential(mean 1s)", "", few);
    const auto& quantile = [](const studies::ComparedRun& run) -> const studies::MetricResult& {
        return *std::find_if(run.result.metrics.begin(), run.result.metrics.end(),
                             [](const auto& one) { return one.name == "p(90) latency(server)"; });
    }(a);
    REQUIRE(quantile.estimate.value);
    REQUIRE_FALSE(quantile.estimate.low);
    const auto same = studies::compare({a, run_of("b", "exponential(mean 1s)", "", few)}, {});
    const auto& none = measure(same, "p(90) latency(server)").differences[0];
    REQUIRE(none.difference);
    CHECK(none.paired);
    CHECK(none.difference->estimate.low == 0);
    CHECK(none.difference->estimate.high == 0);
    const auto other = studies::compare({a, run_of("b", "exponential(mean 1.1s)", "", few)}, {});
    CHECK(measure(other, "p(90) latency(server)").differences[0].why == "no interval in a");
    studies::CompareOptions apart;
    apart.independent = true;
    CHECK_FALSE(measure(studies::compare({a, a}, apart), "p(90) latency(server)").differences[0].difference);
}

TEST_CASE("a stage that has nothing to do with it changes nothing") {
    const auto comparison = studies::compare(
        {run_of("a", "exponential(mean 1s)"),
         run_of("b", "exponential(mean 1s)", "    other: {reads: others, workers: 2, service: 1s}\n")},
        {});
    for (const char* name : {"avg wait(server)", "p(90) latency(server)", "avg utilisation(server)"}) {
        const auto& difference = measure(comparison, name).differences[0].difference;
        REQUIRE(difference);
        CHECK(difference->estimate.low == 0);
        CHECK(difference->estimate.high == 0);
    }
    CHECK(std::find(comparison.only_in_some.begin(), comparison.only_in_some.end(),
                    "avg utilisation(other): not in a") != comparison.only_in_some.end());
}

TEST_CASE("pairs see a small change that independent runs do not") {
    const auto a = run_of("a", "exponential(mean 1s)"), b = run_of("b", "exponential(mean 0.99s)");
    const auto paired = studies::compare({a, b}, {});
    for (const char* name : {"avg wait(server)", "p(90) latency(server)", "sd wait(server)"}) {
        const auto& difference = measure(paired, name).differences[0].difference;
        INFO(name);
        REQUIRE(difference);
        CHECK(difference->order == Difference::Order::candidate_lower);
        CHECK(difference->variance_ratio > 5);
    }
    studies::CompareOptions options;
    options.independent = true;
    const auto independent = studies::compare({a, b}, options);
    CHECK_FALSE(independent.paired);
    CHECK(measure(independent, "avg wait(server)").differences[0].difference->order ==
          Difference::Order::undecided);
    const auto other = studies::compare({a, run_of("b", "exponential(mean 0.99s)", "",
                                                   "length: 2h, warm_up: 5min, replications: 20, seed: 4")},
                                        {});
    CHECK(other.why_independent == "the seeds differ: 3 and 4");
}

TEST_CASE("a difference of quantiles is that of the quantiles, even of one item a replication") {
    const std::string once = "until: empty, replications: 200, seed: 1";
    const auto whole = [&](const char* service) {
        return studies::ComparedRun{
            service, tests::simulated(tests::prepared(
                         std::string("twin: {stages: {s: {reads: jobs, workers: 1, service: ") + service +
                         "}}}\nload: {jobs: {arrivals: every 1s, count: 1}}\nrun: {" + once +
                         "}\nmeasures: [p(90) service(s)]\n"))};
    };
    const auto comparison =
        studies::compare({whole("exponential(mean 10s)"), whole("exponential(mean 9s)")}, {});
    const auto& difference = measure(comparison, "p(90) service(s)").differences[0].difference;
    REQUIRE(difference);
    // -2.3 and not -1, which the means differ by. No pair crosses the quantile: pairs would not say how sure that is.
    CHECK(difference->estimate.centre == doctest::Approx(-2.302585).epsilon(0.3));
    CHECK(difference->estimate.contains(-2.302585));
    CHECK_FALSE(measure(comparison, "p(90) service(s)").differences[0].paired);
}

TEST_CASE("of three runs each stands beside the best") {
    const auto comparison =
        studies::compare({run_of("a", "exponential(mean 1s)"), run_of("b", "exponential(mean 0.8s)"),
                          run_of("c", "exponential(mean 0.9s)")},
                         {std::nullopt, false, {{"avg wait(server)", true}}});
    const auto& wait = measure(comparison, "avg wait(server)");
    REQUIRE(wait.standings.size() == 3);
    CHECK(wait.standings[0].place == Standing::Place::not_best);
    CHECK(wait.standings[1].place == Standing::Place::best);
    CHECK(wait.standings[2].place == Standing::Place::not_best);
    CHECK(wait.standings[1].high < 0);
    // What is better is not known of it.
    CHECK(measure(comparison, "avg utilisation(server)").standings.empty());
}

TEST_CASE("what should be alike and is not is said") {
    const auto comparison = studies::compare(
        {run_of("a", "exponential(mean 1s)"),
         run_of("b", "exponential(mean 1s)", "", "length: 3h, warm_up: 10min, replications: 15, seed: 3")},
        {});
    REQUIRE(comparison.warnings.size() == 2);
    CHECK(comparison.warnings[0] == "a and b ran for different lengths: 2 h and 3 h");
    CHECK(comparison.warnings[1].starts_with("a and b had different warm-ups cut: 300 s and 600 s"));
    CHECK(comparison.paired);
    CHECK(measure(comparison, "avg wait(server)").differences[0].difference->estimate.count == 15);
}

TEST_CASE("one replication each makes no pairs, and is compared by the intervals of its own course") {
    const auto run = [](const char* name, const char* service, const char* more = "") {
        return run_of(name, service, "",
                      std::string("length: 20h, warm_up: 5min, seed: 3, replications: 1") + more);
    };
    const auto comparison =
        studies::compare({run("a", "exponential(mean 1s)"), run("b", "exponential(mean 0.5s)")}, {});
    CHECK_FALSE(comparison.paired);
    CHECK(comparison.why_independent == "there are fewer than two pairs of replications");
    const auto& wait = measure(comparison, "avg wait(server)");
    REQUIRE(wait.differences[0].difference);
    CHECK_FALSE(wait.differences[0].paired);
    CHECK(wait.differences[0].difference->order == Difference::Order::candidate_lower);
    CHECK(wait.differences[0].difference->estimate.contains(1.0 / 6 - 1));  // M/M/1
    const auto& tail = measure(comparison, "p(90) latency(server)");
    CHECK_FALSE(tail.differences[0].difference);
    CHECK(tail.differences[0].why == "no interval in a");
    // Such an interval is at the level of its run alone.
    const auto wider = studies::compare(
        {run("a", "exponential(mean 1s)"), run("b", "exponential(mean 0.5s)")}, {0.99, false, {}});
    CHECK(measure(wider, "avg wait(server)").differences[0].why == "too few replications have data in both");
    // One beside many is no sample.
    const auto many =
        studies::compare({run("a", "exponential(mean 1s)"), run_of("b", "exponential(mean 1s)")}, {});
    CHECK_FALSE(many.paired);
    CHECK_FALSE(measure(many, "avg wait(server)").differences[0].difference);
}

TEST_CASE("an antithetic pair is one value of a pair") {
    const std::string usual = "length: 2h, warm_up: 5min, replications: 30, seed: 3";
    const auto comparison = studies::compare(
        {run_of("a", "exponential(mean 1s)", "", usual),
         run_of("b", "exponential(mean 0.9s)", "", usual + ", variance_reduction: antithetic")},
        {});
    CHECK(comparison.paired);
    CHECK(comparison.pairs == 15);
    CHECK(studies::compare({run_of("a", "exponential(mean 1s)", "", usual),
                            run_of("b", "exponential(mean 0.9s)", "", usual)},
                           {})
              .pairs == 30);
}

TEST_CASE("whose intervals are not to be believed is said, run by run") {
    const auto overloaded = run_of("b", "exponential(mean 3s)");
    const auto heavy = run_of("c", "pareto(shape 2.2 min 0.5s)");
    const auto comparison = studies::compare({run_of("a", "exponential(mean 1s)"), overloaded, heavy}, {});
    const auto says = [&](const std::string& part) {
        return std::any_of(comparison.warnings.begin(), comparison.warnings.end(),
                           [&](const std::string& one) { return one.find(part) != std::string::npos; });
    };
    CHECK_FALSE(says("a: "));
    CHECK(says("b: 'avg wait(server)' and "));
    CHECK(says(
        "more: more work arrives than can be done; intervals of their differences hold less often than"));
    CHECK(says("c: 'avg wait(server)' and "));
    CHECK(says("it has no variance"));
    const auto& wait = measure(comparison, "avg wait(server)");
    REQUIRE(wait.doubts.size() == 3);
    CHECK(wait.doubts[0].empty());
    CHECK(wait.doubts[1] == "more work arrives than can be done");
    CHECK(wait.doubts[2] == "it has no variance");
    CHECK(measure(comparison, "p(90) latency(server)").doubts[2].empty());
}

TEST_CASE("where the numbers of replications differ, a difference is that of the estimates") {
    const auto run = [](const char* name, int replications) {
        return run_of(name, "exponential(mean 1s)", "",
                      "length: 2h, warm_up: 5min, seed: 3, replications: " + std::to_string(replications));
    };
    const auto comparison = studies::compare({run("a", 10), run("b", 30)}, {});
    CHECK(comparison.paired);
    for (const char* name : {"avg wait(server)", "p(90) latency(server)", "avg utilisation(server)"}) {
        INFO(name);
        const auto& one = measure(comparison, name);
        REQUIRE(one.differences[0].difference);
        const auto& difference = one.differences[0].difference->estimate;
        CHECK(difference.centre ==
              doctest::Approx(*one.estimates[1].value - *one.estimates[0].value).epsilon(1e-6));
        CHECK(difference.contains(0));
        CHECK(difference.high > difference.low);
    }
}

TEST_CASE("coverage: the latency of two speeds, in pairs (analysis_dev.json, crn-a)") {
    // M/M/1 at 0.8/s, services of 1 s and 1/1.05 s: mean latencies of 5 s and 4 s.
    const int runs = tests::runs_of(15);
    const auto prepared_for = [](const std::string& service) {
        return tests::prepared(
            "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean " + service +
            ")}}}\nload: {jobs: {arrivals: poisson(0.8/s)}}\nmeasures: [avg latency(server)]\n"
            "run: {length: 2h, warm_up: 10min, replications: 30}\n");
    };
    auto base = prepared_for("1s"), fast = prepared_for("0.95238095238095s");
    int held = 0;
    double least_ratio = 1e9, ratios = 0;
    for (int seed = 1; seed <= runs; ++seed) {
        base.scenario.run.seed = fast.scenario.run.seed = static_cast<std::uint64_t>(seed);
        const auto compared =
            studies::compare({{"base", tests::simulated(base)}, {"fast", tests::simulated(fast)}}, {});
        const auto& difference = measure(compared, "avg latency(server)").differences[0].difference;
        REQUIRE(difference);
        held += difference->estimate.contains(-1);
        least_ratio = std::min(least_ratio, difference->variance_ratio);
        ratios += difference->variance_ratio / runs;
    }
    if (tests::coverage_is_asked())
        MESSAGE("held " << 100.0 * held / runs << " %, variance ratio " << ratios << ", at least "
                        << least_ratio);
    CHECK(ratios >= 5);
    CHECK(held >= (tests::coverage_is_asked() ? 0.93 : 0.73) * runs);
}

TEST_CASE("coverage: p(95) of nights that hardly differ") {
    // Six extracts at once, then a load that the candidate does a tenth faster: few pairs cross the quantile.
    kernel::Stream stream(kernel::stream_key(9, 0, "nights", kernel::Purpose::check));
    const auto one = [&](double value) {
        kernel::Observed seen;
        seen.weight = 1;
        seen.mean = value;
        seen.items.add(value);
        return seen;
    };
    const auto result_of = [](const std::vector<kernel::Observed>& seen) {
        studies::RunResult result;
        result.replications_done = std::ssize(seen);
        studies::MetricResult metric;
        metric.name = "p(95) latency(nightly)";
        metric.quantile = 0.95;
        const auto interval = kernel::quantile_interval(seen, 0.95, 0.95);
        REQUIRE(interval);
        metric.estimate = {interval->centre, interval->low, interval->high, 0.95, std::ssize(seen)};
        metric.by_section = kernel::quantile_values(seen, 0.95, 0.95);
        result.metrics.push_back(metric);
        return result;
    };
    const auto nights = [&](int count) {
        std::pair<std::vector<kernel::Observed>, std::vector<kernel::Observed>> seen;
        for (int i = 0; i < count; ++i) {
            double extract = 0;
            for (int k = 0; k < 6; ++k)
                extract = std::max(extract, kernel::Distribution::exponential(10.0).draw(stream.uniform()));
            const double load = kernel::Distribution::exponential(20.0).draw(stream.uniform());
            seen.first.push_back(one(extract + load));
            seen.second.push_back(one(extract + 0.9 * load));
        }
        return seen;
    };
    const auto [all, all_faster] = nights(400'000);
    const double truth = *kernel::pooled_quantile(all_faster, 0.95) - *kernel::pooled_quantile(all, 0.95);
    for (const int count : {100, 400}) {
        constexpr int runs = 200;
        int held = 0;
        for (int run = 0; run < runs; ++run) {
            const auto [a, b] = nights(count);
            const auto comparison = studies::compare({{"a", result_of(a)}, {"b", result_of(b)}}, {});
            const auto& difference = comparison.measures[0].differences[0].difference;
            REQUIRE(difference);
            held += difference->estimate.contains(truth);
        }
        INFO(count, " nights: ", 100.0 * held / runs, " %");
        CHECK(held >= 0.91 * runs);
    }
}

TEST_CASE("of three runs those that share their seed are in pairs, whatever the third is") {
    const std::string usual = "length: 1h, warm_up: 5min, replications: 20, seed: ";
    const auto a = run_of("a", "exponential(mean 1s)", "", usual + "1"),
               b = run_of("b", "exponential(mean 0.9s)", "", usual + "9"),
               c = run_of("c", "exponential(mean 0.99s)", "", usual + "1");
    const auto comparison = studies::compare({a, b, c}, {});
    CHECK(comparison.paired);
    CHECK(comparison.why_not == std::vector<std::string>{"the seeds differ: 1 and 9", ""});
    CHECK(comparison.pairs == 20);
    const auto& wait = measure(comparison, "avg wait(server)");
    CHECK_FALSE(wait.differences[0].paired);
    CHECK(wait.differences[1].paired);
    CHECK(wait.differences[1].difference->variance_ratio > 5);
}

TEST_CASE("what was put together in sections, or in antithetic pairs, is paired as far as both go") {
    const std::string usual = "length: 10min, warm_up: 1min, seed: 1, replications: ";
    for (const auto& [fewer, more, extra, pairs] :
         {std::tuple{290, 300, "", 145}, {30, 60, ", variance_reduction: antithetic", 15}}) {
        const auto a = run_of("a", "exponential(mean 1s)", "", usual + std::to_string(more) + extra),
                   b = run_of("b", "exponential(mean 1s)", "", usual + std::to_string(fewer) + extra);
        const auto comparison = studies::compare({a, b}, {});
        CHECK(comparison.paired);
        CHECK(comparison.pairs == static_cast<std::size_t>(pairs));
        const auto& wait = measure(comparison, "avg wait(server)").differences[0];
        CHECK(wait.paired);
        REQUIRE(wait.difference);
        // The same but for those that one of them has more.
        CHECK(wait.difference->variance_ratio > 5);
        CHECK(wait.difference->estimate.contains(0));
    }
}
