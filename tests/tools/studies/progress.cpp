// Promised: a run says how far it is, its warm-up pilot apart from the replications that count, inside of a
// replication as well, and from any number of threads; looking changes no result; what is interrupted says in what.
// Shown: looked at from within the run's own callbacks, so that what it must say just then is known.
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "models/simulation/replication.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/replay.h"
#include "tools/studies/run.h"

using namespace understudy;
using models::ShareOf;
using studies::RunProgress;
using tests::prepared;
using tests::warns;
using Phase = studies::RunProgress::Phase;

namespace {

studies::PreparedRun mm1(const std::string& run) {
    return prepared(
        "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(0.8/s)}}\nrun: {" +
        run + "}\n");
}

/// Looks at the progress at every row of a trace.
class Watcher : public models::TraceListener {
public:
    explicit Watcher(const RunProgress& progress) : progress_(progress) {}
    void heard(const models::TraceRow& row) override {
        const RunProgress::Now now = progress_.now();
        if (shares.empty() || shares.back() != now.share) {
            shares.push_back(now.share);
            times.push_back(row.time);
        }
        last = now;
    }
    void heard(const models::TraceDraw&) override {}
    std::vector<double> shares;       ///< each once
    std::vector<kernel::Time> times;  ///< when first seen
    RunProgress::Now last;

private:
    const RunProgress& progress_;
};

}  // namespace

TEST_CASE("the pilot of an automatic warm-up and the replications that count are told apart") {
    const auto ready = mm1("length: 100h, replications: 12, seed: 1");
    RunProgress progress;
    studies::RunOptions options;
    options.threads = 1;
    options.progress = &progress;
    std::vector<RunProgress::Now> begins, ends;
    options.recorded = [&](std::int64_t) {
        begins.push_back(progress.now());
        return nullptr;
    };
    options.traced = [&](std::int64_t) { ends.push_back(progress.now()); };
    CHECK(progress.now().phase == Phase::none);
    // Pilots have no numbers that somebody is told.
    std::atomic<bool> over{false};
    RunProgress::Now pilot;
    std::thread looker([&] {
        while (!over && pilot.phase != Phase::warm_up_pilot) pilot = progress.now();
    });
    const auto result = studies::run(ready, options);
    over = true;
    looker.join();
    CHECK(progress.now().phase == Phase::none);
    CHECK(result.replications_done == 12);
    CHECK(pilot.phase == Phase::warm_up_pilot);
    CHECK(pilot.of == 10);
    CHECK(pilot.then == 12);
    CHECK(pilot.share_of == ShareOf::simulated_time);
    REQUIRE(begins.size() == 12);
    for (std::size_t i = 0; i < begins.size(); ++i) {
        INFO(i);
        CHECK(begins[i].phase == Phase::replications);
        CHECK(begins[i].ended == static_cast<std::int64_t>(i));
        CHECK(begins[i].of == 12);
        CHECK(begins[i].then == 0);
        CHECK(begins[i].share == doctest::Approx(static_cast<double>(i) / 12));
    }
    REQUIRE(ends.size() == 12);
    for (std::size_t i = 0; i < ends.size(); ++i)
        CHECK(ends[i].share == doctest::Approx(static_cast<double>(i + 1) / 12));
}

TEST_CASE("inside of one replication the share is that of simulated time") {
    const auto ready = mm1("length: 100h, warm_up: 0s, replications: 1, seed: 1");
    RunProgress progress;
    Watcher watcher(progress);
    studies::RunOptions options;
    options.progress = &progress;
    options.sink = [&](std::int64_t) { return &watcher; };
    const auto result = studies::run(ready, options);
    // Told every 65536 events, and at the end of each part that the run is followed in.
    CHECK(watcher.shares.size() >= 1 + result.events / 65536);
    CHECK(watcher.shares.size() <= 1 + result.events / 65536 + kernel::most_parts);
    REQUIRE(watcher.shares.size() > 5);
    CHECK(watcher.shares.front() == 0);
    for (std::size_t i = 1; i < watcher.shares.size(); ++i) {
        CHECK(watcher.shares[i] > watcher.shares[i - 1]);
        CHECK(watcher.shares[i] ==
              doctest::Approx(kernel::to_seconds(watcher.times[i]) / 360'000).epsilon(0.001));
    }
    CHECK(watcher.last.ended == 0);
    CHECK(watcher.last.of == 1);
}

TEST_CASE("of pipelines that run once until empty the share is that of tasks") {
    std::string tasks;
    constexpr int count = 10'000;
    for (int i = 0; i < count; ++i)
        tasks += "        t" + std::to_string(i) +
                 ": {runs_on: crew, service: 1s, failure: 90%, retry: {times: 30, backoff: 0s}}\n";
    const auto ready = prepared(
        "twin:\n  pools: {crew: {workers: 1}}\n  pipelines:\n    whole:\n      schedule: once\n      "
        "tasks:\n" +
        tasks + "run: {until: empty, replications: 1}\n");
    CHECK(models::share_of(*ready.model) == ShareOf::tasks);
    RunProgress progress;
    Watcher watcher(progress);
    studies::RunOptions options;
    options.progress = &progress;
    options.sink = [&](std::int64_t) { return &watcher; };
    const auto result = studies::run(ready, options);
    CHECK(watcher.last.share_of == ShareOf::tasks);
    REQUIRE(watcher.shares.size() > 2);
    for (std::size_t i = 1; i < watcher.shares.size(); ++i) {
        CHECK(watcher.shares[i] > watcher.shares[i - 1]);
        CHECK(watcher.shares[i] < 1);
    }
    // All tasks come at once and stand in line: those that ended are as many as the attempts allow.
    CHECK(watcher.shares.back() > 0.5);
}

TEST_CASE("what has no end that is known is not guessed at") {
    CHECK(models::share_of(*prepared("twin: {stages: {a: {reads: jobs, workers: 1, service: 1s}}}\n"
                                     "load: {jobs: {arrivals: every 1s, count: 10}}\n"
                                     "run: {until: empty, replications: 1}\n")
                                .model) == ShareOf::nothing);
    CHECK(models::share_of(*mm1("length: 1h, replications: 1").model) == ShareOf::simulated_time);
}

TEST_CASE("any thread may look while many write, and no result changes") {
    const auto ready = mm1("length: 6h, warm_up: 0s, replications: 12, seed: 3");
    studies::RunOptions unseen;
    unseen.threads = 1;
    const std::string fingerprint = studies::run(ready, unseen).fingerprint;
    for (const unsigned threads : {1U, 2U, 4U}) {
        RunProgress progress;
        std::atomic<bool> over{false};
        bool falls = false;
        std::int64_t looks = 0;
        std::thread looker([&] {
            double share = 0;
            std::int64_t ended = 0;
            while (!over) {
                const RunProgress::Now now = progress.now();
                ++looks;
                if (now.phase != Phase::replications) continue;
                falls =
                    falls || now.share < share || now.ended < ended || now.share > 1 || now.ended > now.of;
                share = now.share;
                ended = now.ended;
            }
        });
        studies::RunOptions options;
        options.threads = threads;
        options.progress = &progress;
        const auto result = studies::run(ready, options);
        over = true;
        looker.join();
        CHECK(result.fingerprint == fingerprint);
        CHECK_FALSE(falls);
        CHECK(looks > 0);
    }
}

TEST_CASE("a run that is stopped in its pilot says so, and what it would have cut is not known") {
    const auto ready = mm1("length: 500h, replications: 200, seed: 1");
    std::atomic<bool> stop{false}, over{false};
    RunProgress progress;
    studies::RunOptions options;
    options.threads = 1;
    options.progress = &progress;
    options.stop = &stop;
    std::thread looker([&] {
        while (!over && !stop)
            stop = progress.now().phase == Phase::warm_up_pilot && progress.now().ended > 0;
    });
    const auto result = studies::run(ready, options);
    over = true;
    looker.join();
    CHECK(result.interrupted);
    CHECK(result.replications_done == 0);
    CHECK(result.verdict == studies::Verdict::inconclusive);
    CHECK_FALSE(result.warm_up_s);
    CHECK(warns(result, "interrupted in the warm-up pilot: "));
    CHECK(warns(result, "none of the 200 "));
    CHECK(progress.now().phase == Phase::none);
}

TEST_CASE("a run that is stopped after its pilot says nothing of it") {
    const auto ready = mm1("length: 1h, replications: 12, seed: 1");
    std::atomic<bool> stop{false};
    studies::RunOptions options;
    options.threads = 1;
    options.stop = &stop;
    options.traced = [&](std::int64_t number) { stop = number == 5; };
    const auto result = studies::run(ready, options);
    CHECK(result.interrupted);
    CHECK(result.replications_done == 5);
    CHECK(result.warm_up_s);
    CHECK_FALSE(warns(result, "interrupted"));
}

TEST_CASE("a replay that is stopped compares nothing") {
    models::RecordedRun run;
    for (int i = 0; i < 3; ++i) {
        models::RecordedTask task;
        task.id = task.name = "task " + std::to_string(i);
        task.submitted = task.started = i * kernel::second;
        task.completed = (i + 5) * kernel::second;
        run.tasks.push_back(task);
    }
    const auto twin = studies::build_twin(run, studies::Submissions::recorded);
    models::Problems problems;
    const auto ready = studies::prepare(twin.scenario, problems);
    REQUIRE(ready);
    CHECK(models::share_of(*ready->model) == ShareOf::tasks);
    RunProgress progress;
    const std::atomic<bool> stop{true};
    const auto stopped = studies::replay(run, twin, *ready, &stop, &progress);
    CHECK(stopped.interrupted);
    CHECK(stopped.matched == 0);
    CHECK(stopped.critical_path.empty());
    CHECK(progress.now().phase == Phase::none);
    const std::atomic<bool> go_on{false};
    const auto whole = studies::replay(run, twin, *ready, &go_on, &progress);
    CHECK_FALSE(whole.interrupted);
    CHECK(whole.matched == 3);
}
