// Promised: of repeats the scheduler's lags are pooled over all of them: launch and release of the pool,
// the window of submissions. What no repeat shows stays as the twin has it, and is said. Shown: runs with known lags.
#include "tools/studies/calibrate_lags.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/calibrate.h"
#include "tools/studies/replay_twin.h"

using namespace understudy;
using kernel::second;
using kernel::Time;
using models::RecordedRun;
using models::RecordedTask;

namespace {

RecordedTask task(const std::string& name, Time submitted, Time started, Time completed) {
    RecordedTask task;
    task.id = task.name = name;
    task.process = "work";
    task.node = "n1";
    task.submitted = submitted;
    task.started = started;
    task.completed = completed;
    return task;
}

/// Twelve tasks one after the other on a node of one core, each `lag` after the end of the one before.
RecordedRun one_by_one(Time lag) {
    RecordedRun run;
    run.source = "log";
    run.has_dependencies = true;
    Time start = 2 * second;
    for (int i = 0; i < 12; ++i) {
        run.tasks.push_back(task("work " + std::to_string(i), 0, start, start + 60 * second));
        start += 60 * second + lag;
    }
    return run;
}

/// A chain whose tasks are submitted `delay` after what they wait for.
RecordedRun chain(Time delay) {
    RecordedRun run;
    run.source = "log";
    run.has_dependencies = true;
    Time now = 0;
    for (std::uint32_t i = 0; i < 5; ++i) {
        const Time submitted = now + (i > 0 ? delay : 0);
        run.tasks.push_back(
            task("step " + std::to_string(i), submitted, submitted + second, now = submitted + 31 * second));
        if (i > 0) run.tasks.back().parents = {i - 1};
    }
    return run;
}

models::Scenario twin_of(const RecordedRun& run) {
    return studies::build_twin(run, studies::Submissions::inferred).scenario;
}

std::optional<double> set_to(const studies::Calibration& found, const std::string& path) {
    for (const studies::CalibrationEdit& edit : found.edits)
        if (edit.path == path) return edit.law ? edit.law->terms[0].law.mean() : *edit.number;
    return std::nullopt;
}

const studies::CalibratedElement* element_at(const studies::Calibration& found, const std::string& path) {
    for (const studies::CalibratedElement& element : found.elements)
        if (element.path == path) return &element;
    return nullptr;
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("lags of repeats: a release is the mean over all of them, with the spread between them") {
    const RecordedRun first = one_by_one(3 * second), other = one_by_one(6 * second);
    const studies::Calibration both = studies::calibrate(twin_of(first), {first, other});
    CHECK(set_to(both, "cluster.release") == doctest::Approx(4.5));
    const studies::CalibratedElement* element = element_at(both, "cluster.release");
    REQUIRE(element != nullptr);
    CHECK(element->observations == 22);
    REQUIRE(element->numbers[0].low);
    CHECK(*element->numbers[0].low < 3);
    CHECK(*element->numbers[0].high > 6);
    // Of the run that the twin was made of nothing is new.
    const studies::Calibration alone = studies::calibrate(twin_of(first), {first});
    CHECK_FALSE(set_to(alone, "cluster.release"));
    CHECK(element_at(alone, "cluster.release")->numbers[0].estimate == doctest::Approx(3));
    CHECK_FALSE(element_at(alone, "cluster.release")->numbers[0].low);
}

TEST_CASE("lags of repeats: an attempt that failed makes room like any other") {
    const RecordedRun first = one_by_one(2 * second);
    RecordedRun failing = first;
    // Of the sixth an attempt failed after 30 s, and all from there on came later by that and one more lag.
    const Time begin = *failing.tasks[5].started;
    for (std::size_t i = 5; i < failing.tasks.size(); ++i) {
        *failing.tasks[i].started += 32 * second;
        *failing.tasks[i].completed += 32 * second;
    }
    RecordedTask broken = task("work 5", 0, begin, begin + 30 * second);
    broken.id = "again";
    broken.failed = true;
    failing.tasks.push_back(broken);
    const studies::Calibration found = studies::calibrate(twin_of(first), {first, failing});
    const studies::CalibratedElement* element = element_at(found, "cluster.release");
    REQUIRE(element != nullptr);
    CHECK(element->numbers[0].estimate == doctest::Approx(2));
    CHECK(element->observations == 23);
    CHECK_FALSE(set_to(found, "cluster.release"));
}

TEST_CASE("lags of repeats: delays of tasks are the twin's own, which is said") {
    const RecordedRun first = chain(4 * second), other = chain(10 * second);
    const studies::Calibration both = studies::calibrate(twin_of(first), {first, other});
    CHECK(std::none_of(both.edits.begin(), both.edits.end(),
                       [](const studies::CalibrationEdit& edit) { return edit.path.ends_with(".delay"); }));
    CHECK(says(both.assumed, "delays of tasks, dependencies and nodes are the twin's own"));
    REQUIRE(element_at(both, "cluster.reaction") != nullptr);
    CHECK(element_at(both, "cluster.reaction")->numbers[0].estimate == doctest::Approx(1));
}

TEST_CASE("lags of repeats: what none of them shows stays as the twin has it") {
    const RecordedRun first = chain(4 * second);
    models::Scenario twin = twin_of(first);
    twin.twin.pools[0].workers.launch.terms.emplace_back().law = kernel::Distribution::constant(2);
    twin.twin.pipelines[0].max_active_tasks = 7;
    const studies::Calibration found = studies::calibrate(twin, {first});
    CHECK_FALSE(set_to(found, "cluster.launch"));
    CHECK_FALSE(set_to(found, "workflow.max_active_tasks"));
    CHECK(says(found.unidentified, "cluster.launch: no starts follow each other"));
    CHECK(says(found.unidentified, "workflow.max_active_tasks: in no repeat did tasks wait"));
    RecordedRun silent = first;
    for (RecordedTask& task : silent.tasks) task.submitted.reset();
    const studies::Calibration none = studies::calibrate(twin_of(first), {silent});
    CHECK(says(none.unidentified, "lags of the scheduler: no repeat says when tasks were submitted"));
}

TEST_CASE(
    "lags of repeats: a window of submissions is the most that was in flight where tasks waited for it") {
    const auto windowed = [](int size) {
        RecordedRun run;
        run.source = "log";
        run.has_dependencies = true;
        for (int i = 0; i < 60; ++i) {
            const Time in = (i / size) * 60 * second;
            run.tasks.push_back(task("work " + std::to_string(i), in, in, in + 60 * second));
        }
        return run;
    };
    const studies::Calibration found =
        studies::calibrate(twin_of(windowed(4)), {windowed(4), windowed(5), windowed(5)});
    CHECK(set_to(found, "workflow.max_active_tasks") == 5);
    CHECK(element_at(found, "workflow.max_active_tasks")->observations == 3);
    // One that had more in flight shows that it is none.
    const studies::Calibration broken = studies::calibrate(twin_of(windowed(4)), {windowed(4), windowed(60)});
    CHECK_FALSE(set_to(broken, "workflow.max_active_tasks"));
    CHECK(says(broken.unidentified, "another repeat had more in flight"));
}
