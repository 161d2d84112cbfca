// Promised: a run that is given an earlier one goes on from it where its replications are its own, and gives the same
// result, whatever the two numbers are; what is not of the same is simulated afresh, and why is said. Shown: results as
// the bytes of their files, for all pairs of numbers of replications and beyond those from which on neighbours are put
// together; a warm-up and a plan that are not found again.
#include "tools/studies/earlier.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/scratch_folder.h"
#include "tests/tools/studies/sample.h"
#include "tools/formats/results/result_reader.h"
#include "tools/formats/results/result_writer.h"

using namespace understudy;

namespace {

constexpr const char* twin =
    "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s), failure: 10%},\n"
    "                seldom: {reads: few, workers: 1, service: exponential(mean 9s), failure: 50%}}}\n"
    "load: {jobs: {arrivals: poisson(0.8/s)}, few: {arrivals: poisson(6/h)}}\n";

constexpr const char* all_kinds =
    "measures: [p(90) wait(server), p(50) waiting(server), share lost(seldom), sd latency(seldom)]\n";

studies::PreparedRun ready(int replications, const std::string& promises = "",
                           const std::string& run = "length: 2min, warm_up: 10s, sample: 2s",
                           const std::string& measures = all_kinds) {
    return tests::prepared(twin + measures + promises + "run: {" + run +
                           ", replications: " + std::to_string(replications) + "}\n");
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

TEST_CASE("a run of m goes on from one of n, for all n and m") {
    constexpr int most = 7;
    std::vector<studies::RunResult> fresh;
    for (int n = 1; n <= most; ++n) fresh.push_back(studies::run(ready(n), options()));
    for (int n = 1; n <= most; ++n)
        for (int m = 1; m <= most; ++m) {
            const auto result = studies::run(ready(m), options(), reread(fresh[n - 1]));
            // A run of one is followed, for its intervals, and one of several was not (one_run.cpp).
            const bool followed = n == 1 || m > 1;
            CHECK(result.reused == (followed ? std::min(n, m) : 0));
            CHECK(result.not_reused.empty() == followed);
            CHECK(bytes_of(result) == bytes_of(fresh[m - 1]));
        }
}

TEST_CASE("what was put together is gone on from, and taken apart as far as it comes apart") {
    const auto of = [](int n) { return ready(n, "", "length: 20s, warm_up: 0s, sample: 5s"); };
    const auto few = studies::run(of(250), options()), more = studies::run(of(300), options());
    const auto many = studies::run(of(1100), options());
    const auto same = [&](const studies::RunResult& from, const studies::RunResult& to, std::int64_t reused) {
        const auto result = studies::run(of(static_cast<int>(to.replications_done)), options(), reread(from));
        CHECK(result.reused == reused);
        CHECK(result.not_reused.empty() == (reused > 0));
        CHECK(bytes_of(result) == bytes_of(to));
    };
    same(few, more, 250);
    same(few, many, 250);
    same(more, many, 300);
    same(more, few, 0);  // those of 300 are pairs
    same(many, more, 0);
    same(more, studies::run(of(299), options()), 298);
    same(many, studies::run(of(1097), options()), 1096);  // eight each
}

TEST_CASE("what is asked of replications may change, what they are may not") {
    const auto earlier = reread(studies::run(ready(3), options()));
    const auto why = [&](const studies::PreparedRun& run, const studies::RunOptions& options) {
        const auto result = studies::run(run, options, earlier);
        CHECK((result.reused > 0) == result.not_reused.empty());
        CHECK(studies::why_not_reused(run, options, earlier) == result.not_reused);
        return result.not_reused;
    };
    CHECK(why(ready(4), options()) == "");
    CHECK(why(ready(4, "", "length: 2min, warm_up: 10s, sample: 2s, confidence: 80%"), options()) == "");
    CHECK(why(ready(4, "", "length: 2min, warm_up: 10s, sample: 2s, seed: 2"), options()) == "its seed is 1");
    CHECK(why(ready(4, "objectives: [avg wait(server) < 3s]\n"), options()) ==
          "it is of another scenario, or measures something else");
    auto elsewhere = ready(4);
    elsewhere.scenario.simulated_digest ^= 1;
    CHECK(why(elsewhere, options()) == "it is of another scenario, or measures something else");
    auto other = options();
    other.version = "1.2.4";
    CHECK(why(ready(4), other) == "it is of version 1.2.3");
    // Who does not know what was simulated neither goes on nor lets others.
    auto unknown = ready(4);
    unknown.scenario.simulated_digest = 0;
    CHECK(why(unknown, options()) == "it is of another scenario, or measures something else");
    CHECK(studies::run(ready(4), options(), studies::run(unknown, options())).not_reused ==
          "it has no replications that another run could go on from");
}

TEST_CASE("what does not fit together is not gone on from") {
    const auto earlier = reread(studies::run(ready(3), options()));
    const auto refused = [&](auto change) {
        studies::RunResult changed = earlier;
        change(changed);
        const auto result = studies::run(ready(3), options(), changed);
        CHECK(result.reused == 0);
        CHECK(result.not_reused == "its replications do not fit together");
        CHECK(bytes_of(result) == bytes_of(studies::run(ready(3), options())));
    };
    refused([](studies::RunResult& r) { r.metrics.pop_back(); });
    refused([](studies::RunResult& r) { r.metrics.front().name = "p(91) wait(server)"; });
    refused([](studies::RunResult& r) { r.metrics.front().by_replication.pop_back(); });
    refused([](studies::RunResult& r) { r.metrics.front().had_data.push_back(1); });
    refused([](studies::RunResult& r) { r.metrics.front().replications_a_section = 3; });
    refused([](studies::RunResult& r) { r.metrics.front().sections.resize(5); });
    refused([](studies::RunResult& r) { r.series.clear(); });
    refused([](studies::RunResult& r) { r.series.front().values.pop_back(); });
}

TEST_CASE("a warm-up that was found is not looked for again, if it would be on the same pilots") {
    const std::string run = "length: 30min, warm_up: auto, sample: 20s";
    const auto of = [&](int n) { return ready(n, "", run); };
    auto at_once = options();
    const auto earlier = reread(studies::run(of(10), options()));
    CHECK(earlier.pilots.warm_up_pilots == 10);
    const std::atomic<bool> stop{true};
    at_once.stop = &stop;
    const auto stopped = studies::run(of(12), at_once, earlier);
    CHECK_FALSE(tests::warns(stopped, "warm-up pilot"));
    CHECK(stopped.replications_done == 10);
    CHECK(stopped.interrupted);
    CHECK(tests::warns(studies::run(of(9), at_once, earlier), "warm-up pilot"));
    CHECK(bytes_of(studies::run(of(12), options(), earlier)) == bytes_of(studies::run(of(12), options())));
}

TEST_CASE("a plan for a precision is kept with what it is for") {
    const std::string run = "length: 10min, warm_up: 10s", measures = "measures: [avg latency(server)]\n";
    const auto of = [&](const std::string& precision) {
        return ready(5, "", run + ", precision: " + precision, measures);
    };
    const auto precise = studies::run(of("30%"), options());
    CHECK(precise.pilots.planned >= 5);
    const std::atomic<bool> stop{true};
    auto stopped = options();
    stopped.stop = &stop;
    const auto again = studies::run(of("30%"), stopped, reread(precise));
    CHECK(bytes_of(again) == bytes_of(precise));  // nothing was simulated
    CHECK(tests::warns(studies::run(of("20%"), stopped, reread(precise)), "pilot for 'precision'"));
    // Without a precision there is no plan, and with one after that it is made as ever.
    const auto plain = studies::run(ready(static_cast<int>(precise.replications_done), "", run, measures),
                                    options(), reread(precise));
    CHECK(plain.pilots.planned == 0);
    CHECK(plain.reused == precise.replications_done);
    CHECK(bytes_of(studies::run(of("30%"), options(), reread(plain))) == bytes_of(precise));
}

TEST_CASE("a limit by which the overdue count is part of what was simulated") {
    const auto of = [&](int n, const std::string& limit, const std::string& actions) {
        return ready(n, "objectives: [p(90) wait(server) < " + limit + "]\n" + actions,
                     "length: 2min, warm_up: 10s", "measures: [avg latency(server)]\n");
    };
    const std::string none, fails = "actions: [{at: 1min, fail: server}]\n";
    const auto few = studies::run(of(3, "10s", fails), options());
    const auto more = studies::run(of(5, "10s", fails), options(), reread(few));
    CHECK(more.reused == 3);
    CHECK(bytes_of(more) == bytes_of(studies::run(of(5, "10s", fails), options())));
    CHECK(tests::warns(more, "p(90) wait(server): over the limit and not through when the run ends"));
    CHECK(studies::run(of(5, "20s", fails), options(), reread(few)).reused == 0);
    const auto undisturbed = studies::run(of(3, "10s", none), options());
    CHECK(studies::run(of(5, "20s", none), options(), reread(undisturbed)).reused == 3);
}

TEST_CASE("what is kept on the way is what a run that ends there has") {
    auto keeping = options();
    std::vector<std::string> kept;
    keeping.keep_due = [] { return true; };
    keeping.keep = [&](const studies::RunResult& result) { kept.push_back(bytes_of(result)); };
    const auto whole = studies::run(ready(4), keeping);
    REQUIRE(kept.size() == 4);
    CHECK(kept.back() == bytes_of(whole));
    const tests::ScratchFolder folder;
    for (int n = 1; n <= 4; ++n) {
        std::ofstream(folder / "kept.h5", std::ios::binary) << kept[n - 1];
        auto read = formats::read_result(folder / "kept.h5", formats::Contents::everything).result;
        CHECK(read.replications_done == n);
        CHECK(read.interrupted == (n < 4));
        const auto result = studies::run(ready(4), options(), std::move(read));
        CHECK(result.reused == n);
        CHECK(bytes_of(result) == bytes_of(whole));
    }
}
