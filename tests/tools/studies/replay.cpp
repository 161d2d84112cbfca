// Promised: the twin of a recorded run has its nodes, needs, order and dependencies, says what it assumed, and played
// again ends when the recording ended; the critical path names what the end waited for. Shown: small recordings by hand.
#include "tools/studies/replay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tools/studies/replay_twin.h"

using namespace understudy;
using kernel::second;
using models::RecordedRun;
using models::RecordedTask;
using studies::Submissions;

namespace {

RecordedTask task(const std::string& name, const char* node, kernel::Time start, kernel::Time end,
                  std::vector<std::uint32_t> parents = {}, double cpus = 1) {
    RecordedTask task;
    task.id = task.name = name;
    task.process = name.substr(0, name.find(' '));
    task.node = node;
    task.started = start * second;
    task.completed = end * second;
    task.cpus = cpus;
    task.parents = std::move(parents);
    return task;
}

studies::ReplayResult play(const RecordedRun& run, Submissions submissions) {
    const studies::ReplayTwin twin = studies::build_twin(run, submissions);
    models::Problems problems;
    const auto prepared = studies::prepare(twin.scenario, problems);
    REQUIRE(prepared);
    return studies::replay(run, twin, *prepared);
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

/// Two nodes of two cores; `join` waits for both `work`s, the last of which had to wait for room.
RecordedRun small() {
    RecordedRun run;
    run.has_dependencies = true;
    run.tasks = {task("first", "n1", 0, 10, {}, 2), task("work 1", "n1", 10, 30, {0}, 2),
                 task("work 2", "n2", 10, 20, {0}, 2), task("work 3", "n2", 20, 45, {0}, 2),
                 task("join", "n1", 45, 50, {1, 2, 3}, 1)};
    for (RecordedTask& t : run.tasks)
        t.submitted = t.parents.empty() ? 0 : *run.tasks[t.parents.back()].completed;
    return run;
}

}  // namespace

TEST_CASE("a closed loop on the observed nodes ends when the recording did") {
    const studies::ReplayResult result = play(small(), Submissions::inferred);
    CHECK(result.recorded_makespan_s == 50);
    CHECK(result.simulated_makespan_s == doctest::Approx(50));
    CHECK(result.matched == 5);
    CHECK(result.left_out == 0);
    REQUIRE(result.start_error);
    CHECK(result.start_error->p90 == doctest::Approx(0));
    CHECK(*result.recorded_utilisation == doctest::Approx((20 + 40 + 20 + 50 + 5) / 200.0));
    CHECK(*result.simulated_utilisation == doctest::Approx(*result.recorded_utilisation));
    CHECK(says(result.assumed, "2 equal nodes of 2 cores"));
}

TEST_CASE("the critical path says who waited for a parent and who for room") {
    using After = studies::CriticalStep::After;
    const studies::ReplayResult result = play(small(), Submissions::inferred);
    REQUIRE(result.critical_path.size() == 4);
    CHECK(result.critical_path[0].task == "first");
    CHECK(result.critical_path[0].after == After::start);
    CHECK(result.critical_path[1].task == "work 2");
    CHECK(result.critical_path[1].after == After::task);
    CHECK(result.critical_path[2].task == "work 3");
    CHECK(result.critical_path[2].after == After::workers);
    CHECK(result.critical_path[3].task == "join");
    CHECK(result.critical_path[3].after == After::task);
    CHECK(result.critical_path[3].end_s == doctest::Approx(50));
}

TEST_CASE("an open loop hands tasks over when they were") {
    RecordedRun run = small();
    run.tasks[4].submitted = 60 * second;
    run.tasks[4].started = 60 * second;
    run.tasks[4].completed = 65 * second;
    const studies::ReplayResult result = play(run, Submissions::recorded);
    CHECK(result.simulated_makespan_s == doctest::Approx(65));
    CHECK(says(result.assumed, "under another configuration this predicts nothing"));
}

TEST_CASE("without submissions the starts stand for them in an open loop") {
    RecordedRun run;
    run.tasks = {task("a", "n", 5, 10), task("b", "n", 20, 30)};
    CHECK(studies::default_submissions(run) == Submissions::recorded);
    CHECK(play(run, Submissions::recorded).simulated_makespan_s == doctest::Approx(25));
}

TEST_CASE("durations alone: slots, the order of the file, and what cannot be known") {
    RecordedRun run;
    for (const int seconds : {10, 20, 30}) {
        RecordedTask one;
        one.name = "t";
        one.realtime = seconds * second;
        run.tasks.push_back(one);
    }
    run.tasks.emplace_back();  // says nothing of its time
    CHECK(studies::default_submissions(run) == Submissions::inferred);
    const studies::ReplayResult result = play(run, Submissions::inferred);
    CHECK(result.simulated_makespan_s == doctest::Approx(60));
    CHECK_FALSE(result.recorded_makespan_s);
    CHECK(result.matched == 3);
    CHECK(result.left_out == 1);
    CHECK(says(result.unknown, "when tasks started"));
    CHECK(says(result.unknown, "dispatch, staging and queueing"));
}

TEST_CASE("who ran nobody knows when counts for no utilisation that was recorded") {
    RecordedRun run = small();
    RecordedTask somewhen;
    somewhen.name = somewhen.process = "somewhen";
    somewhen.realtime = 1000 * second;
    run.tasks.push_back(somewhen);
    // One of them has no node, so that there are two slots and no cores.
    CHECK(*play(run, Submissions::inferred).recorded_utilisation == doctest::Approx(70 / 100.0));
    // Of a makespan that the log states itself it is a part.
    run.makespan = 2000 * second;
    CHECK(*play(run, Submissions::inferred).recorded_utilisation == doctest::Approx(1070 / 4000.0));
}

TEST_CASE("a task that is left out does not take the order with it") {
    RecordedRun run;
    run.has_dependencies = true;
    for (std::uint32_t i = 0; i < 5; ++i) {
        RecordedTask one;
        one.id = one.name = one.process = "t" + std::to_string(i);
        if (i != 2 && i != 3) one.realtime = 10 * second;
        if (i > 0) one.parents = {i - 1};
        run.tasks.push_back(std::move(one));
    }
    const studies::ReplayTwin twin = studies::build_twin(run, Submissions::inferred);
    const std::vector<models::Task>& tasks = twin.scenario.twin.pipelines[0].tasks;
    REQUIRE(tasks.size() == 3);
    const auto last = std::find_if(tasks.begin(), tasks.end(),
                                   [](const models::Task& task) { return task.description.label == "t4"; });
    const auto before = std::find_if(tasks.begin(), tasks.end(),
                                     [](const models::Task& task) { return task.description.label == "t1"; });
    REQUIRE(last != tasks.end());
    REQUIRE(before != tasks.end());
    CHECK(last->after == std::vector<std::string>{before->name});
    CHECK(says(twin.assumed, "2 tasks without a recorded duration are left out: what waited for them"));
}

TEST_CASE("many tasks that wait for the same many share one task between") {
    RecordedRun run;
    run.has_dependencies = true;
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < 50; ++i) {
        all.push_back(i);
        run.tasks.push_back(task("before " + std::to_string(i), "n", 0, 1 + i % 7));
    }
    for (int i = 0; i < 50; ++i) run.tasks.push_back(task("after " + std::to_string(i), "n", 7, 9, all));
    const studies::ReplayTwin twin = studies::build_twin(run, Submissions::inferred);
    std::size_t links = 0;
    for (const models::Task& one : twin.scenario.twin.pipelines[0].tasks) links += one.after.size();
    CHECK(links == 100);
    CHECK(play(run, Submissions::inferred).simulated_makespan_s == doctest::Approx(9));
}

TEST_CASE("queues that share no machine are pools, those that do are one") {
    RecordedRun run = small();
    for (RecordedTask& t : run.tasks) t.pool = t.node == "n1" ? "long" : "run";
    const studies::ReplayTwin apart = studies::build_twin(run, Submissions::inferred);
    REQUIRE(apart.scenario.twin.pools.size() == 2);
    CHECK(apart.scenario.twin.pools[0].name == "long");
    CHECK(apart.scenario.twin.pools[1].name == "run_pool");  // a word of the language is no name
    CHECK(apart.total_cores == 4);
    const studies::ReplayResult played = play(run, Submissions::inferred);
    CHECK(played.simulated_makespan_s == doctest::Approx(50));
    REQUIRE(played.simulated_utilisation);
    CHECK(*played.simulated_utilisation == doctest::Approx(*played.recorded_utilisation));
    run.tasks[0].pool = "run";
    const studies::ReplayTwin shared = studies::build_twin(run, Submissions::inferred);
    REQUIRE(shared.scenario.twin.pools.size() == 1);
    CHECK(shared.scenario.twin.pools[0].name == studies::replay_pool);
    CHECK(says(shared.assumed, "2 queues of the log share machines"));
}

TEST_CASE("cores count where no machine is known: tasks that did not fit did not run") {
    RecordedRun run;
    run.tasks = {task("a 1", "", 0, 10, {}, 3), task("a 2", "", 10, 20, {}, 3), task("b 1", "", 10, 40),
                 task("b 2", "", 20, 50),       task("b 3", "", 20, 50),        task("b 4", "", 20, 50)};
    for (RecordedTask& t : run.tasks) t.submitted = 0;
    const studies::ReplayResult played = play(run, Submissions::recorded);
    CHECK(says(played.assumed, "one machine of 4 cores: the most that was in use at once"));
    CHECK(says(played.unknown, "the log does not tell nodes apart"));
    CHECK(played.simulated_makespan_s == doctest::Approx(50));
    CHECK(played.start_error->p90 == doctest::Approx(0));
    CHECK(*played.simulated_utilisation == doctest::Approx(0.9));
}

TEST_CASE("waits before a start are in the twin of a log that names no machine, as of one that names one") {
    // Each started 10 s after its submission, with room all the time.
    const auto run_on = [](const char* node) {
        RecordedRun run;
        run.has_dependencies = true;
        run.tasks = {task("a", node, 10, 30), task("b", node, 40, 60, {0}), task("c 1", node, 70, 90, {1}),
                     task("c 2", node, 70, 90, {1})};
        for (RecordedTask& t : run.tasks) t.submitted = *t.started - 10 * second;
        return run;
    };
    for (const char* node : {"", "n1"}) {
        CAPTURE(node);
        const RecordedRun run = run_on(node);
        const studies::ReplayResult played = play(run, Submissions::inferred);
        CHECK(played.simulated_makespan_s == doctest::Approx(90));
        CHECK(says(played.assumed, "the scheduler sees a task 10 s after its submission"));
        CHECK(says(played.unknown, "the log does not tell nodes apart") == run.tasks[0].node.empty());
        // Without submissions nothing is known of it.
        RecordedRun silent = run;
        for (RecordedTask& t : silent.tasks) t.submitted.reset();
        CHECK(says(play(silent, Submissions::inferred).unknown, "the log has no submissions"));
    }
}

TEST_CASE("submissions that a run does not have are refused") {
    RecordedRun run;
    run.tasks = {task("a", "n", 5, 10), task("b", "n", 20, 30)};
    CHECK(studies::why_not(run, Submissions::recorded).empty());
    CHECK_FALSE(studies::why_not(run, Submissions::inferred).empty());
    for (RecordedTask& t : run.tasks) {
        t.realtime = second;
        t.started.reset();
        t.completed.reset();
    }
    CHECK_FALSE(studies::why_not(run, Submissions::recorded).empty());
    CHECK(studies::why_not(run, Submissions::inferred).empty());
}

TEST_CASE("recorded machines with their sizes are the pool") {
    RecordedRun run = small();
    run.nodes = {{"n1", 8, 0, 1}, {"n2", 4, 0, 1}};
    const studies::ReplayTwin twin = studies::build_twin(run, Submissions::inferred);
    CHECK(twin.total_cores == 12);
    CHECK(twin.scenario.twin.types.size() == 2);
    CHECK(says(twin.assumed, "any of the 2 recorded machines"));
}
