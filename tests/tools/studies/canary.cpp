// Promised: how often a rule stops what is as good and passes what is bad is what the binomial law says, where that is
// known; intervals of these shares hold the truth as often as they say, and 1000 simulations of other random numbers confirm
// them where no formula is known. What a bad candidate does is what it was given; what is the same does nothing. Guards
// stop it at the end of a bake, or by checks within it, a condition once it comes true and it has been decided; everything
// goes back as long after as that takes, and what a bad one does until then is counted. Checks that fail in windows of known
// size stop it as often as the binomial law says, by number and in a row; 1000 other simulations confirm it. Workers that a
// bad one sets are counted out to shares as those of a change are; what neither side has any of has not grown; of copies each
// reader's losses count, and what comes too late for a window. A stress acts in
// the rollout that is rehearsed under it alone. A switch
// is a rollout with one step. Threads change nothing.
// Shown: by arithmetic, by sums of binomial probabilities, by independent simulations.
#include "tools/studies/canary.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kernel/intervals.h"
#include "tests/coverage.h"
#include "tests/scratch_folder.h"
#include "tools/formats/json/canary_json.h"
#include "tools/formats/language/rollout_reader.h"

using namespace understudy;
using studies::CanaryResult;
using studies::Verdict;
using Case = CanaryResult::Case;

namespace {

struct How {
    std::int64_t first = 20, most = 20;
    std::uint64_t seed = 1;
    unsigned threads = 1;
    double confidence = 0.95;
};

studies::PreparedCanary prepared(const std::string& base, const std::string& change) {
    const tests::ScratchFolder files;
    auto reading = formats::read_canary(files.write("base.yaml", base).string(), {},
                                        files.write("change.yaml", change).string());
    INFO(reading.diagnostics.show());
    REQUIRE(reading.twin);
    models::Problems problems;
    auto result = studies::prepare_canary(std::move(*reading.twin), problems);
    for (const auto& problem : problems) INFO(problem.message);
    REQUIRE(result);
    return std::move(*result);
}

CanaryResult rehearsed(studies::PreparedCanary& canary, const How& how) {
    canary.same.scenario.run.seed = canary.changed.scenario.run.seed = how.seed;
    studies::CanaryOptions options;
    options.first = how.first;
    options.most = how.most;
    options.confidence = how.confidence;
    options.run.threads = how.threads;
    return studies::rehearse_canary(canary, options);
}
CanaryResult rehearsed(const std::string& base, const std::string& change, const How& how = {}) {
    auto canary = prepared(base, change);
    return rehearsed(canary, how);
}

/// One item a second, of which 1 % fail.
std::string items_a_second(const std::string& length = "300s") {
    return "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
           "    work: {reads: jobs, workers: unlimited, service: 1ms, failure: 1%}\n"
           "load: {jobs: {arrivals: every 1s}}\nrun: {length: " +
           length + ", warm_up: 0s}\n";
}

std::string change_of(const std::string& rollout, const std::string& more = "",
                      const std::string& edit = "{set: work.service, to: 2ms}") {
    return "understudy: 1\nchange: c\nedits: [" + edit + "]\nrollout:\n" + rollout + more;
}

const std::string two_steps =
    "  canary: [20%, 100%]\n  at: 10s\n  bake: 100s\n  guards: [share failed(work) < 4%]\n"
    "  worse: [{set: work.failure, to: 6%}]\n";

/// Of n trials, with k of them.
double binomial(int n, int k, double p) {
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                    (n - k) * std::log1p(-p));
}
/// Of n items a share of `limit` or more fails.
double fails(int n, double p, double limit) {
    double sum = 0;
    for (int k = 0; k <= n; ++k)
        if (static_cast<double>(k) / n >= limit) sum += binomial(n, k, p);
    return sum;
}
/// It is stopped in the first bake, where a fifth of 100 items come to it, or else in the second, where all do.
struct Truth {
    double first = 0, second = 0;
    double stopped() const { return first + (1 - first) * second; }
};
Truth truth_of(double p, double limit = 0.04) {
    Truth truth;
    truth.first = binomial(100, 0, 0.2);  // no item: the guard has no data
    for (int n = 1; n <= 100; ++n) truth.first += binomial(100, n, 0.2) * fails(n, p, limit);
    truth.second = fails(100, p, limit);
    return truth;
}

bool holds(const studies::Estimate& estimate, double truth) {
    return estimate.low && *estimate.low <= truth && truth <= *estimate.high;
}

}  // namespace

TEST_CASE("canary: how often it is stopped, by binomial sums") {
    const CanaryResult result =
        rehearsed(items_a_second(), change_of(two_steps), {.first = 400, .most = 400, .confidence = 0.999});
    CHECK(result.replications == 400);
    CHECK(result.looks == 1);
    REQUIRE(result.cases.size() == 3);
    const Truth same = truth_of(0.01), bad = truth_of(0.06);
    CHECK(same.stopped() > 0.1);
    CHECK(same.stopped() < 0.4);
    CHECK(bad.stopped() > 0.9);
    CHECK(holds(result.cases[0].wrong, same.stopped()));
    CHECK(holds(result.cases[1].wrong, same.stopped()));
    CHECK(holds(result.cases[2].wrong, 1 - bad.stopped()));
    // The same draws decide on both, as what fails does so at any service.
    CHECK(result.cases[0].stopped == result.cases[1].stopped);
    for (const auto& [one, truth] : {std::pair(&result.cases[0], same), std::pair(&result.cases[2], bad)}) {
        const auto first = kernel::share_interval(static_cast<std::size_t>(one->stopped_at[0]), 400, 0.999);
        REQUIRE(first);
        CHECK(first->contains(truth.first));
        CHECK(one->stopped_at[0] + one->stopped_at[1] == one->stopped);
        // After 100 s or 200 s.
        const double mean = (100.0 * static_cast<double>(one->stopped_at[0]) +
                             200.0 * static_cast<double>(one->stopped_at[1])) /
                            static_cast<double>(one->stopped);
        CHECK(std::abs(*one->stopped_after.value - mean) < 1e-9);
    }
    CHECK(*result.cases[0].passed_after.value == 200);
    CHECK(result.cases[0].verdict == Verdict::met);
    CHECK(result.verdict == Verdict::met);
}

TEST_CASE("canary: what a bad one does, by arithmetic") {
    // Whatever it is given is lost; it is stopped after the first bake.
    const std::string rollout =
        "  canary: [50%, 100%]\n  at: 10s\n  bake: 60s\n  guards: [share failed(work) < 50%]\n"
        "  worse: [{set: work.failure, to: 100%}]\n";
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
        "    work: {reads: jobs, workers: unlimited, service: 1ms}\n"
        "load: {jobs: {arrivals: every 1s}}\nrun: {length: 300s, warm_up: 0s}\n";
    const CanaryResult result = rehearsed(base, change_of(rollout));
    REQUIRE(result.cases.size() == 3);
    const Case &same = result.cases[0], &bad = result.cases[2];
    CHECK(same.stopped == 0);
    CHECK(same.passed == 20);
    CHECK(*same.lost.more.value == 0);
    CHECK(*same.failed.more.value == 0);
    CHECK(*same.passed_after.value == 120);
    // 60 items in the second bake, and all the 170 after it, besides what came in the first.
    CHECK(*same.given.value > 230);
    CHECK(bad.stopped == 20);
    CHECK(bad.stopped_at == std::vector<std::int64_t>{20, 0});
    CHECK(*bad.stopped_after.value == 60);
    CHECK(*bad.lost.more.value == *bad.given.value);
    CHECK(*bad.failed.more.value == *bad.given.value);
    CHECK(std::abs(*bad.given.value - 30) < 4 * std::sqrt(60 * 0.25 / 20));
    CHECK(bad.causes.front().stopped == 20);
    CHECK(bad.causes.front().without_data == 0);
    CHECK(*result.cases[2].wrong.value == 0);
    // The change takes 2 ms where 1 ms were taken.
    CHECK(*same.time.more.value == 0);
    CHECK(std::abs(*result.cases[1].time.more.value - 0.001 * *result.cases[1].given.value) < 0.002);
    CHECK_FALSE(bad.missed);
}

TEST_CASE("canary: increases beside the baseline, at 100 % beside what was") {
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
        "    work: {reads: jobs, workers: unlimited, service: 100ms}\n"
        "load: {jobs: {arrivals: every 1s}}\nrun: {length: 300s, warm_up: 0s}\n";
    const auto stopped_at = [&](const std::string& shares, const std::string& guard, const std::string& to) {
        const CanaryResult result =
            rehearsed(base, change_of("  canary: " + shares + "\n  bake: 50s\n  guards: ['" + guard + "']\n",
                                      "", "{set: work.service, to: " + to + "}"));
        REQUIRE(result.cases.size() == 2);
        CHECK(result.cases[0].stopped == 0);
        return result.cases[1].stopped == 0 ? -1 : result.cases[1].stopped_at[0] > 0 ? 0 : 1;
    };
    CHECK(stopped_at("[50%, 100%]", "increase avg latency(work) < 20%", "119ms") == -1);
    CHECK(stopped_at("[50%, 100%]", "increase avg latency(work) < 20%", "121ms") == 0);
    CHECK(stopped_at("[50%, 100%]", "increase avg latency(work) < 20ms", "119ms") == -1);
    CHECK(stopped_at("[50%, 100%]", "increase avg latency(work) < 20ms", "121ms") == 0);
    CHECK(stopped_at("[100%]", "increase avg latency(work) < 20%", "119ms") == -1);
    CHECK(stopped_at("[100%]", "increase avg latency(work) < 20%", "121ms") == 0);
    CHECK(stopped_at("[50%, 100%]", "avg latency(work) < 120ms", "121ms") == 0);
}

TEST_CASE("canary: a condition detects, it is decided, and all goes back in one step") {
    // 10/s come and are served in no time; a bad one does 5/s, so that 101 wait after 20.2 s or so.
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n    work: {reads: jobs, workers: 1, service: 10ms}\n"
        "load: {jobs: {arrivals: every 100ms}}\nrun: {length: 600s, warm_up: 0s}\n";
    const std::string back =
        "rollback:\n  rehearse: {at: 50s, set: work.service, to: 200ms}\n  detect: waiting(work) > 100\n"
        "  decide: 30s\n  steps: [{do: back}]\n  until: waiting(work) < 1\n";
    const std::string change =
        "understudy: 1\nchange: c\nedits: [{set: work.service, to: 9ms}]\nrollout: blue_green\n" + back;
    const CanaryResult result = rehearsed(base, change);
    CHECK(result.all_at_once);
    REQUIRE(result.cases.size() == 3);
    CHECK(result.cases[0].passed == 20);
    CHECK(result.cases[1].passed == 20);
    const Case& bad = result.cases[2];
    CHECK(bad.stopped == 20);
    CHECK(std::abs(*bad.stopped_after.value - (20.2 + 30)) < 0.5);
    REQUIRE(bad.causes.size() == 1);
    CHECK(bad.causes[0].text == "waiting(work) > 100");
    CHECK(bad.causes[0].stopped == 20);
    CHECK(std::abs(*bad.given.value - 10 * 50.2) < 5);
    CHECK(*bad.lost.more.value == 0);
    // What waited there, 5/s times 50 s, is worked off.
    CHECK(*bad.left.more.value == 0);
    CHECK(result.verdict == Verdict::met);

    // By people, after a while.
    const CanaryResult noticed =
        rehearsed(base,
                  "understudy: 1\nchange: c\nedits: [{set: work.service, to: 9ms}]\nrollout: blue_green\n"
                  "rollback:\n  rehearse: {at: 50s, set: work.service, to: 200ms}\n  detect: 2min\n"
                  "  decide: 30s\n  steps: [{do: back}]\n  until: waiting(work) < 1\n");
    CHECK(noticed.cases[0].passed == 20);
    CHECK(*noticed.cases[2].stopped_after.value == 150);
}

namespace {

/// A bake of windows of `n` items each, of which a share p fails. A check fails where `limit` or more of a window do; stops
/// at `failures` failed checks, or at `in_a_row` one after the other, or where of the whole bake a share of `whole` fails.
/// The chances that it is stopped by the checks of window 1, 2, ..., and at last by the look at the whole.
struct Windows {
    int windows, n;
    double p, limit;
    int failures, in_a_row;
    std::vector<double> stops() const {
        std::vector<double> at(static_cast<std::size_t>(windows) + 1, 0);
        // By failed checks, those in a row, and failed items.
        const int most = windows * n;
        std::map<std::array<int, 3>, double> now = {{{0, 0, 0}, 1}};
        for (int w = 0; w < windows; ++w) {
            std::map<std::array<int, 3>, double> next;
            for (const auto& [state, chance] : now)
                for (int k = 0; k <= n; ++k) {
                    const bool failed = static_cast<double>(k) / n >= limit;
                    const std::array<int, 3> to = {state[0] + (failed ? 1 : 0), failed ? state[1] + 1 : 0,
                                                   state[2] + k};
                    const double both = chance * binomial(n, k, p);
                    if (to[0] >= failures || to[1] >= in_a_row)
                        at[static_cast<std::size_t>(w)] += both;
                    else
                        next[to] += both;
                }
            now = std::move(next);
        }
        for (const auto& [state, chance] : now)
            if (static_cast<double>(state[2]) / most >= limit) at.back() += chance;
        return at;
    }
    double stopped() const {
        double sum = 0;
        for (const double chance : stops()) sum += chance;
        return sum;
    }
};

/// All items go to it at once, 20 within a check.
std::string checked(const std::string& checks) {
    return "  canary: [100%]\n  at: 10s\n  bake: 100s\n  guards: [share failed(work) < 10%]\n"
           "  checks: " +
           checks + "\n  worse: [{set: work.failure, to: 6%}]\n";
}

constexpr int never_so_many = 1000;

}  // namespace

TEST_CASE("canary: checks within a bake, by binomial sums") {
    struct Rule {
        std::string text;
        int failures, in_a_row;
    };
    for (const Rule& rule :
         {Rule{"{every: 20s}", 1, never_so_many}, Rule{"{every: 20s, failures: 2}", 2, never_so_many},
          Rule{"{every: 20s, in_a_row: 2}", never_so_many, 2},
          Rule{"{every: 20s, failures: 3, in_a_row: 2}", 3, 2}}) {
        INFO(rule.text);
        const CanaryResult result = rehearsed(items_a_second(), change_of(checked(rule.text)),
                                              {.first = 400, .most = 400, .threads = 2, .confidence = 0.999});
        for (const auto& [number, p] : {std::pair(0, 0.01), std::pair(2, 0.06)}) {
            const Windows law{5, 20, p, 0.1, rule.failures, rule.in_a_row};
            const std::vector<double> stops = law.stops();
            const Case& one = result.cases[static_cast<std::size_t>(number)];
            const double wrong = number == 0 ? law.stopped() : 1 - law.stopped();
            INFO(*one.wrong.value << " for " << wrong);
            CHECK(holds(one.wrong, wrong));
            // When, and by what.
            double by_checks = 0;
            for (int w = 0; w + 1 < 5; ++w) by_checks += stops[static_cast<std::size_t>(w)];
            const auto within =
                kernel::share_interval(static_cast<std::size_t>(one.causes[0].within), 400, 0.999);
            REQUIRE(within);
            CHECK(within->contains(by_checks));
            if (one.stopped == 0) continue;
            double mean = 100 * stops.back(), square = 1e4 * stops.back();
            for (int w = 0; w < 5; ++w) {
                const double after = 20 * (w + 1);
                mean += after * stops[static_cast<std::size_t>(w)];
                square += after * after * stops[static_cast<std::size_t>(w)];
            }
            mean /= law.stopped();
            const double deviation = std::sqrt(std::max(0.0, square / law.stopped() - mean * mean));
            CHECK(std::abs(*one.stopped_after.value - mean) <=
                  4 * deviation / std::sqrt(static_cast<double>(one.stopped)) + 1e-9);
            CHECK(*one.noticed_after.value == *one.stopped_after.value);
        }
    }
}

TEST_CASE("canary: checks of increases, and none without data") {
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
        "    work: {reads: jobs, workers: unlimited, service: 100ms}\n"
        "load: {jobs: {arrivals: every 1s}}\nrun: {length: 300s, warm_up: 0s}\n";
    const auto stopped_after = [&](const std::string& shares, const std::string& checks,
                                   const std::string& to) {
        const CanaryResult result = rehearsed(
            base, change_of("  canary: " + shares +
                                "\n  bake: 50s\n  guards: [increase avg latency(work) < 20%]\n  checks: " +
                                checks + "\n",
                            "", "{set: work.service, to: " + to + "}"));
        CHECK(result.cases[0].stopped == 0);
        return result.cases[1].stopped == 0 ? 0 : *result.cases[1].stopped_after.value;
    };
    CHECK(stopped_after("[50%, 100%]", "{every: 20s}", "121ms") == 20);
    CHECK(stopped_after("[50%, 100%]", "{every: 20s, failures: 2}", "121ms") == 40);
    CHECK(stopped_after("[50%, 100%]", "{every: 20s, in_a_row: 2}", "121ms") == 40);
    // Too many for the checks: by the look at the whole.
    CHECK(stopped_after("[50%, 100%]", "{every: 20s, failures: 3}", "121ms") == 50);
    CHECK(stopped_after("[50%, 100%]", "{every: 20s}", "119ms") == 0);
    // Beside the bake before it went in.
    CHECK(stopped_after("[100%]", "{every: 20s}", "121ms") == 20);
    CHECK(stopped_after("[100%]", "{every: 20s}", "119ms") == 0);
    // Half of these checks see no item at all, and say nothing.
    CHECK(stopped_after("[50%, 100%]", "{every: 500ms}", "119ms") == 0);
    // What was measured before a check is forgotten: slow for 10 s once a minute is a failed check, seen from afar it is not.
    const std::string now_and_then =
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
        "    work: {reads: jobs, workers: unlimited, service: 100ms}\n"
        "load: {jobs: {arrivals: every 1s}}\nactions:\n"
        "  - {at: 20s, for: 10s, set: work.service, to: 200ms}\nrun: {length: 300s, warm_up: 0s}\n";
    const auto stopped = [&](const std::string& every) {
        const CanaryResult result = rehearsed(
            now_and_then,
            change_of("  canary: [100%]\n  bake: 100s\n  guards: [avg latency(work) < 150ms]\n  checks: " +
                          every + "\n",
                      "", "{set: work.service, to: 99ms}"));
        return result.cases[0].stopped;
    };
    CHECK(stopped("{every: 10s}") == 20);
    CHECK(stopped("{every: 10s, failures: 2}") == 0);
    CHECK(stopped("{every: 50s}") == 0);
}

TEST_CASE("canary: stopping takes time, in which a bad one goes on") {
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
        "    work: {reads: jobs, workers: unlimited, service: 1ms}\n"
        "load: {jobs: {arrivals: every 1s}}\nrun: {length: 400s, warm_up: 0s}\n";
    const auto found = [&](const std::string& takes, const std::string& checks = "") {
        return rehearsed(base, change_of("  canary: [50%, 100%]\n  at: 10s\n  bake: 60s\n"
                                         "  guards: [share failed(work) < 50%]\n" +
                                         checks + takes + "  worse: [{set: work.failure, to: 100%}]\n"));
    };
    const auto about_half = [](const Case& bad, double items) {
        CHECK(*bad.lost.more.value == *bad.given.value);
        CHECK(std::abs(*bad.given.value - items / 2) < 4 * std::sqrt(items * 0.25 / 20));
    };
    const CanaryResult at_once = found("");
    CHECK(*at_once.cases[2].stopped_after.value == 60);
    const CanaryResult slow = found("  detect: 20s\n  decide: 50s\n  abort: 10s\n");
    const Case &same = slow.cases[0], &bad = slow.cases[2];
    CHECK(bad.stopped == 20);
    // It keeps its share: the next one is not given before the figures are known.
    CHECK(bad.stopped_at == std::vector<std::int64_t>{20, 0});
    CHECK(*bad.noticed_after.value == 80);
    CHECK(*bad.stopped_after.value == 140);
    about_half(bad, 140);
    about_half(at_once.cases[2], 60);
    // A good one has each share 20 s longer.
    CHECK(same.passed == 20);
    CHECK(*same.passed_after.value == 160);
    CHECK(same.unfinished == 0);
    // By checks it is noticed sooner.
    const CanaryResult checks =
        found("  detect: 20s\n  decide: 50s\n  abort: 10s\n", "  checks: {every: 15s}\n");
    CHECK(*checks.cases[2].noticed_after.value == 35);
    CHECK(*checks.cases[2].stopped_after.value == 95);
    CHECK(checks.cases[2].causes[0].within == 20);
    about_half(checks.cases[2], 95);
    // A law: it is noticed after 60 s and decided after 20 s on average.
    const CanaryResult law = rehearsed(
        base,
        change_of("  canary: [50%, 100%]\n  at: 10s\n  bake: 60s\n  guards: [share failed(work) < 50%]\n"
                  "  decide: exponential(mean 20s)\n  worse: [{set: work.failure, to: 100%}]\n"),
        {.first = 200, .most = 200});
    CHECK(std::abs(*law.cases[2].stopped_after.value - 80) < 4 * 20 / std::sqrt(200));
    // A run that ends before the last bake does: passed, which is said.
    const CanaryResult cut = found("  detect: uniform(0s..400s)\n");
    CHECK(cut.cases[0].passed == 20);
    CHECK(cut.cases[0].unfinished > 0);
    CHECK(cut.cases[0].unfinished < 20);
    REQUIRE(!cut.warnings.empty());
    CHECK(cut.warnings[0].find("the run ended before the last bake") != std::string::npos);
}

TEST_CASE("canary: a stress happens in the rollout under it, and in no other") {
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
        "    work: {reads: jobs, workers: unlimited, service: 100ms}\n"
        "load: {jobs: {arrivals: every 1s}}\nactions:\n"
        "  - {name: slow, at: 30s, for: 40s, set: work.service, to: 200ms}\n"
        "  - {name: gone, at: 30s, for: 40s, set: work.service, to: 300ms}\n"
        "run: {length: 300s, warm_up: 0s}\n";
    const std::string change =
        change_of("  canary: [50%, 100%]\n  at: 10s\n  bake: 100s\n  guards: [max latency(work) < 250ms]\n",
                  "stress: [slow, gone]\n", "{set: work.service, to: 99ms}");
    const auto stopped = [&](const std::string& stress) {
        const tests::ScratchFolder files;
        auto reading = formats::read_canary(files.write("base.yaml", base).string(), {},
                                            files.write("change.yaml", change).string());
        INFO(reading.diagnostics.show());
        REQUIRE(reading.twin);
        reading.twin->stress = stress;
        models::Problems problems;
        auto canary = studies::prepare_canary(std::move(*reading.twin), problems);
        REQUIRE(canary);
        return rehearsed(*canary, {}).cases[0].stopped;
    };
    CHECK(stopped("") == 0);
    CHECK(stopped("slow") == 0);
    CHECK(stopped("gone") == 20);
}

TEST_CASE("canary: threads change nothing, and it ends when all is told") {
    auto canary = prepared(items_a_second(), change_of(two_steps));
    const auto text = [&](unsigned threads) {
        return formats::canary_as_json(rehearsed(canary, {.first = 20, .most = 60, .threads = threads}))
            .dump();
    };
    const std::string one = text(1);
    CHECK(text(2) == one);
    CHECK(text(5) == one);
    // What never happens is told early.
    const std::string sure = "  canary: [20%, 100%]\n  bake: 100s\n  guards: [share failed(work) < 100%]\n";
    const CanaryResult result = rehearsed(items_a_second(), change_of(sure), {.first = 30, .most = 4000});
    CHECK(result.verdict == Verdict::met);
    CHECK(result.looks < result.looks_at_most);
    CHECK(*result.cases[0].wrong.high <= 2 * CanaryResult::narrow_enough);
    CHECK(result.replications < 4000);
    // And what is wrong too often is.
    const std::string strict = "  canary: [20%, 100%]\n  bake: 100s\n  guards: [share failed(work) < 1%]\n";
    const CanaryResult wrong = rehearsed(items_a_second(), change_of(strict), {.first = 100, .most = 100});
    CHECK(wrong.verdict == Verdict::violated);
    CHECK(wrong.why.find("stops a candidate that is what is there") != std::string::npos);
}

TEST_CASE("coverage: intervals of what a canary's rule gets wrong") {
    const int studies = tests::runs_of(60);
    const double same = truth_of(0.01).stopped(), bad = 1 - truth_of(0.06).stopped();
    auto canary = prepared(items_a_second(), change_of(two_steps));
    int held_same = 0, held_bad = 0;
    double mean_same = 0, mean_bad = 0;
    for (int i = 0; i < studies; ++i) {
        const CanaryResult result = rehearsed(
            canary, {.first = 40, .most = 40, .seed = 1000 + static_cast<std::uint64_t>(i), .threads = 2});
        held_same += holds(result.cases[0].wrong, same) ? 1 : 0;
        held_bad += holds(result.cases[2].wrong, bad) ? 1 : 0;
        mean_same += *result.cases[0].wrong.value / studies;
        mean_bad += *result.cases[2].wrong.value / studies;
    }
    if (tests::coverage_is_asked())
        MESSAGE(studies << " studies of 40 simulations: false stops " << mean_same << " for " << same
                        << ", held " << held_same << "; false passes " << mean_bad << " for " << bad
                        << ", held " << held_bad);
    // No fewer than in a thousandth of such experiments.
    for (const int held : {held_same, held_bad}) {
        double as_few = 0;
        for (int k = 0; k <= held; ++k) as_few += binomial(studies, k, 0.95);
        CHECK(as_few > 0.001);
    }
}

TEST_CASE("coverage: rates of a canary that is checked within bakes and takes time to stop are confirmed") {
    auto canary =
        prepared(items_a_second("400s"), change_of(checked("{every: 20s}") + "  detect: 5s\n  abort: 10s\n"));
    const int simulations = tests::runs_of(120);
    const CanaryResult reported = rehearsed(canary, {.first = 200, .most = 200, .seed = 1, .threads = 2});
    const CanaryResult others =
        rehearsed(canary, {.first = simulations, .most = simulations, .seed = 2, .threads = 2});
    for (const auto& [number, p] : {std::pair(0, 0.01), std::pair(2, 0.06)}) {
        const double stopped = Windows{5, 20, p, 0.1, 1, never_so_many}.stopped();
        const double wrong = number == 0 ? stopped : 1 - stopped;
        const studies::Estimate& found = reported.cases[static_cast<std::size_t>(number)].wrong;
        const studies::Estimate& again = others.cases[static_cast<std::size_t>(number)].wrong;
        if (tests::coverage_is_asked())
            MESSAGE("by sums " << wrong << "; " << *found.value << " (" << *found.low << " to " << *found.high
                               << ") of " << reported.replications << "; " << *again.value << " of "
                               << others.replications << " others");
        CHECK(*again.value > 0);
        CHECK(*again.value < 1);
        CHECK(*found.low <= *again.high);
        CHECK(*again.low <= *found.high);
        if (simulations >= 1000) CHECK(holds(found, *again.value));
    }
}

TEST_CASE("coverage: rates of a canary are confirmed by independent simulations") {
    // A queue, guarded by its p(95): nobody has a formula for that.
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  stages:\n"
        "    enrich: {reads: clicks, workers: 8, service: exponential(mean 1s)}\n"
        "load: {clicks: {arrivals: poisson(4/s)}}\nrun: {length: 2400s, warm_up: 300s}\n";
    const std::string change = change_of(
        "  canary: [50%, 100%]\n  at: 600s\n  bake: 600s\n  guards: [increase p(95) latency(enrich) < 15%]\n"
        "  worse: [{set: enrich.service, to: 1.2x}]\n",
        "", "{set: enrich.service, to: exponential(mean 0.98s)}");
    auto canary = prepared(base, change);
    const int simulations = tests::runs_of(120);
    const CanaryResult reported = rehearsed(canary, {.first = 30, .most = 200, .seed = 1, .threads = 2});
    const CanaryResult others =
        rehearsed(canary, {.first = simulations, .most = simulations, .seed = 2, .threads = 2});
    REQUIRE(reported.cases.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        const studies::Estimate& found = reported.cases[i].wrong;
        const studies::Estimate& again = others.cases[i].wrong;
        if (tests::coverage_is_asked())
            MESSAGE(std::string(studies::name_of(reported.cases[i].kind))
                    << ": " << *found.value << " (" << *found.low << " to " << *found.high << ") of "
                    << reported.replications << "; " << *again.value << " (" << *again.low << " to "
                    << *again.high << ") of " << others.replications << " others");
        // Neither always nor never, or it would show nothing.
        CHECK(*again.value > 0);
        CHECK(*again.value < 1);
        // Some rate is in both intervals; with so many others theirs is that.
        CHECK(*found.low <= *again.high);
        CHECK(*again.low <= *found.high);
        if (simulations >= 1000) CHECK(holds(found, *again.value));
    }
}

TEST_CASE("canary: workers that a bad one sets are counted out to each share") {
    // 10/s, of which a tenth is one worker's work and all of them ten's.
    const std::string base =
        "understudy: 1\nscenario: s\ntwin:\n  stages: {work: {reads: jobs, workers: 40, service: 1s}}\n"
        "load: {jobs: {arrivals: every 100ms}}\nrun: {length: 20min, warm_up: 0s}\n";
    const auto rollout = [](const std::string& shares, const std::string& bad) {
        return "  canary: " + shares + "\n  at: 1min\n  bake: 5min\n  guards: [avg latency(work) < 5s]\n" +
               (bad.empty() ? "" : "  worse: [{set: work.workers, to: " + bad + "}]\n");
    };
    const auto stops_at = [&](const Case& one) {
        CHECK(one.passed + one.stopped == 3);
        if (one.passed == 3) return -1;
        REQUIRE(one.stopped == 3);
        for (std::size_t step = 0; step < one.stopped_at.size(); ++step)
            if (one.stopped_at[step] == 3) return static_cast<int>(step);
        return -2;
    };
    const How few{.first = 3, .most = 3};
    for (const auto& [shares, workers, at] :
         std::vector<std::tuple<std::string, std::string, int>>{{"[100%]", "1", 0},
                                                                {"[5%, 100%]", "2", 1},
                                                                {"[5%, 100%]", "0.05x", 1},
                                                                {"[5%, 100%]", "20", -1},
                                                                {"[50%, 100%]", "0.1x", 0},
                                                                {"[50%, 100%]", "0.5x", -1}}) {
        INFO(shares << " of " << workers);
        const CanaryResult bad =
            rehearsed(base, change_of(rollout(shares, workers), "", "{set: work.service, to: 999ms}"), few);
        CHECK(stops_at(bad.cases[1]) == -1);
        CHECK(stops_at(bad.cases.back()) == at);
        // As the same in the change itself.
        const CanaryResult edit = rehearsed(
            base, change_of(rollout(shares, ""), "", "{set: work.workers, to: " + workers + "}"), few);
        CHECK(stops_at(edit.cases[1]) == at);
    }
}

TEST_CASE("canary: what neither side has any of has grown by 0 percent") {
    const auto stopped = [](const std::string& guard, std::size_t number) {
        std::string base = items_a_second();
        base.erase(base.find(", failure: 1%"), 13);
        const CanaryResult result =
            rehearsed(base,
                      change_of("  canary: [50%, 100%]\n  at: 10s\n  bake: 100s\n  guards: [" + guard +
                                "]\n  worse: [{set: work.failure, to: 50%}]\n"),
                      {.first = 4, .most = 4});
        return result.cases[number].stopped;
    };
    for (const char* guard : {"increase share failed(work) < 50%", "increase share failed(work) <= 0%",
                              "increase avg wait(work) < 10%"}) {
        INFO(guard);
        CHECK(stopped(guard, 0) == 0);
        CHECK(stopped(guard, 1) == 0);
    }
    CHECK(stopped("increase share failed(work) < 0%", 0) == 4);
    CHECK(stopped("increase share failed(work) < 50%", 2) == 4);
}

TEST_CASE("canary: of copies what each reader loses, and what is late for a window") {
    // One item a second: what the candidate gets it serves for 100 s, and windows close 70 s after they begin.
    const std::string stages =
        "    after: {reads: work, window: {size: 60s, lateness: 10s}}\n"
        "    beside: {reads: jobs, workers: 1, service: 1ms}\n";
    std::string base = items_a_second("800s");
    base.replace(base.find("load:"), 0, stages).erase(base.find(", failure: 1%"), 13);
    const std::string rollout =
        "  canary: [50%, 100%]\n  at: 100s\n  bake: 100s\n  guards: [share failed(work) < 50%]\n"
        "  detect: 1s\n  worse: [{set: work.service, to: 100s}, {set: work.failure, to: 100%}]\n";
    const CanaryResult result = rehearsed(base, change_of(rollout), {.first = 4, .most = 4});
    CHECK(*result.cases[0].late.more.value == 0);
    CHECK(*result.cases[0].lost.more.value == 0);
    const Case& slow = result.cases[2];
    // Of 60 s of a window all come after it; those of the last 100 s do not come within the run.
    CHECK(slow.passed == 4);
    CHECK(*slow.late.more.value > 0.8 * (*slow.given.value - 100));
    CHECK(*slow.late.more.value <= *slow.given.value);
    const Case& fails = result.cases[3];
    CHECK(fails.stopped == 4);
    CHECK(*fails.lost.more.value == *fails.given.value);
}
