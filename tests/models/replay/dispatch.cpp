// Promised: measure_dispatch() puts each start down to the right gate, alone and over several runs, and find_window() sees a window that held tasks
// back and none where nobody waited. Shown: runs made with known lags and a known window.
#include "models/replay/dispatch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

using namespace understudy;
using kernel::second;
using kernel::Time;
using models::RecordedTask;

namespace {

RecordedTask task(Time submitted, Time started, Time completed) {
    RecordedTask task;
    task.node = "a";
    task.submitted = submitted;
    task.started = started;
    task.completed = completed;
    return task;
}

}  // namespace

TEST_CASE("a reaction and a release lag on a node of one core") {
    // Each is submitted at once, the first starts 2 s later, the others 3 s after the one before has ended.
    models::RecordedRun run;
    Time start = 2 * second;
    for (int i = 0; i < 20; ++i) {
        run.tasks.push_back(task(0, start, start + 10 * second));
        start += 13 * second;
    }
    const models::DispatchLags lags = models::measure_dispatch(run, {1, 0, 1});
    CHECK(lags.launch == 0);
    CHECK(lags.reaction == 2 * second);
    CHECK(lags.release == 3 * second);
    CHECK(lags.launch_of.empty());
}

TEST_CASE("serial launches on a node with room, each task's own") {
    models::RecordedRun run;
    Time start = 5 * second;
    for (int i = 0; i < 20; ++i) {
        run.tasks.push_back(task(second, start, start + 100 * second));
        start += (i % 2 == 0 ? 3 : 5) * second;
    }
    const models::DispatchLags lags = models::measure_dispatch(run, {100, 0, 100});
    CHECK(kernel::to_seconds(lags.launch) == doctest::Approx((10 * 3 + 9 * 5) / 19.0));
    REQUIRE(lags.launch_of.size() == 20);
    CHECK_FALSE(lags.launch_of[0]);
    CHECK(lags.launch_of[1] == 3 * second);
    CHECK(lags.launch_of[2] == 5 * second);
    CHECK(*lags.reaction_of[0] == std::max<Time>(0, 4 * second - lags.launch));
    CHECK(lags.release == 0);
}

TEST_CASE("lags of several runs are the mean over all gates, and their spread is that between runs") {
    // Ten and thirty tasks one after the other on one core, the next 3 s and 5 s after the end of the one before.
    models::RecordedRun few, many;
    for (auto& [run, count, lag] : {std::tuple(&few, 11, 3), std::tuple(&many, 31, 5)}) {
        Time start = 2 * second;
        for (int i = 0; i < count; ++i) {
            run->tasks.push_back(task(0, start, start + 10 * second));
            start += (10 + lag) * second;
        }
    }
    const models::RunOfPlatform runs[] = {{&few, {1, 0, 1}}, {&many, {1, 0, 1}}};
    const models::PooledLags lags = models::measure_dispatch(runs);
    CHECK(kernel::to_seconds(lags.release.mean) == doctest::Approx((10 * 3 + 30 * 5) / 40.0));
    CHECK(lags.release.gates == 40);
    CHECK(lags.release.runs == 2);
    // 10 gates that are 1.5 s off each way in all.
    CHECK(lags.release.error_s == doctest::Approx(std::sqrt(2 * (15.0 * 15 + 15 * 15)) / 40));
    CHECK(lags.reaction.mean == 2 * second);
    CHECK(lags.reaction.error_s == 0);
    REQUIRE(lags.of_run.size() == 2);
    CHECK(lags.of_run[0].release == lags.release.mean);
}

TEST_CASE("whether launches are serial is told from all runs together") {
    // Six in each: too few to tell alone.
    models::RecordedRun runs[2];
    for (models::RecordedRun& run : runs)
        for (int i = 0; i < 6; ++i) run.tasks.push_back(task(second, (5 + 4 * i) * second, 100 * second));
    CHECK(models::measure_dispatch(runs[0], {100, 0, 100}).launch == 0);
    const models::RunOfPlatform both[] = {{&runs[0], {100, 0, 100}}, {&runs[1], {100, 0, 100}}};
    CHECK(models::measure_dispatch(both).launch.mean == 4 * second);
}

TEST_CASE("starts within one second of each other are no serial launches") {
    models::RecordedRun run;
    for (int i = 0; i < 20; ++i)
        run.tasks.push_back(task(0, second + i * 10 * kernel::millisecond, 100 * second));
    CHECK(models::measure_dispatch(run, {100, 0, 100}).launch == 0);
}

TEST_CASE("a window of submissions and who waited for it") {
    // Sixty tasks could all be submitted at 0; four are in flight at most, one goes in when one is done.
    models::RecordedRun run;
    for (int i = 0; i < 60; ++i) {
        const Time in = i < 4 ? 0 : (i / 4) * 60 * second;
        run.tasks.push_back(task(in, in, in + 60 * second));
    }
    const models::SubmissionWindow window = models::find_window(run, std::vector<Time>(60, 0));
    CHECK(window.size == 4);
    CHECK(std::count(window.held_back.begin(), window.held_back.end(), true) == 56);
    CHECK_FALSE(window.held_back[0]);
}

TEST_CASE("a chain of tasks that are submitted when they can be is no window") {
    models::RecordedRun run;
    std::vector<Time> ready;
    for (int i = 0; i < 60; ++i) {
        ready.push_back((i / 4) * 60 * second);
        run.tasks.push_back(task(ready.back(), ready.back(), ready.back() + 60 * second));
    }
    const models::SubmissionWindow window = models::find_window(run, ready);
    CHECK(window.size == 0);
    CHECK(std::count(window.held_back.begin(), window.held_back.end(), true) == 0);
}

TEST_CASE("starts at completions waited for room, also where the log does not say what tasks took") {
    // Two cores each on a node of four, of which the log knows nothing: two at once, two starts at each end.
    models::RecordedRun run;
    for (int i = 0; i < 40; ++i) {
        const Time start = (i / 2) * 300 * second + (i % 2) * 7 * second;
        run.tasks.push_back(task(0, start, start + 300 * second));
    }
    const models::DispatchLags lags = models::measure_dispatch(run, {4, 0, 4});
    CHECK(lags.launch == 0);
    CHECK(lags.release == 0);
    CHECK(lags.reaction < 10 * second);
}
