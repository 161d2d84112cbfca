// Promised: tags say how much data a task works on, and anything else says nothing; overheads are fitted to the makespans of
// logs without instants, launches per GB among them, and each log is predicted from the others; values that had not ended
// when the log did count as longer; a repeat is told from another run. Shown: logs made here from known numbers.
#include "tools/studies/calibrate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tools/studies/data_tag.h"
#include "tools/studies/replay_twin.h"

using namespace understudy;
using kernel::second;
using models::RecordedRun;
using models::RecordedTask;

namespace {

/// A chain of so many tasks of 10 s, each with `gigabytes` of files: 5 s and 3 s a GB to launch, 20 s a level.
RecordedRun chain(std::uint32_t length, std::int64_t gigabytes) {
    RecordedRun run;
    run.source = "chain of " + std::to_string(length);
    run.has_dependencies = true;
    run.nodes.push_back({"n1", 4, 0, 1});
    run.nodes.push_back({"n2", 4, 0, 1});
    for (std::uint32_t i = 0; i < length; ++i) {
        RecordedTask task;
        task.id = task.name = "t" + std::to_string(i);
        task.process = "t";
        task.realtime = 10 * second;
        task.read_bytes = gigabytes * 1'000'000'000;
        if (i > 0) task.parents = {i - 1};
        run.tasks.push_back(task);
    }
    run.makespan = static_cast<kernel::Time>(length) * (10 + 25 + 3 * gigabytes) * second;
    return run;
}

double number(const studies::Calibration& calibration, const std::string& name) {
    for (const studies::CalibratedElement& element : calibration.elements)
        for (const studies::CalibratedNumber& number : element.numbers)
            if (number.name == name) return number.estimate;
    FAIL("no number " << name);
    return 0;
}

}  // namespace

TEST_CASE("calibrate: a tag says how much data") {
    models::Description description;
    CHECK(!studies::tagged_bytes(description));
    description.tags = {"nightly", "data=", "data=12", "data=x1B", "data=-4B", studies::data_tag(1234567)};
    CHECK(studies::tagged_bytes(description) == 1234567.0);
}

TEST_CASE("calibrate: what a platform adds to chains") {
    const std::vector<RecordedRun> runs = {chain(3, 1), chain(5, 8), chain(8, 2), chain(4, 20), chain(6, 12)};
    const studies::ReplayTwin twin = studies::build_twin(chain(7, 5), studies::Submissions::inferred);
    const studies::Calibration found = studies::calibrate(twin.scenario, runs);
    // A chain launches once a level: which of the two takes the time cannot be told, and their sum can.
    CHECK(number(found, "each task") + number(found, "each level") + 10 * number(found, "work takes") ==
          doctest::Approx(35).epsilon(0.02));
    CHECK(number(found, "each GB") == doctest::Approx(3).epsilon(0.02));
    REQUIRE(found.validations.size() == 1);
    CHECK(found.validations[0].held_out.size() == 5);
    CHECK(found.validations[0].error < 0.01);
    CHECK(found.warnings.empty());
    // Of a chain launches and levels are one number, of which makespans tell no part.
    for (const studies::CalibratedElement& element : found.elements)
        for (const studies::CalibratedNumber& one : element.numbers)
            if (one.low) {
                CHECK(*one.low <= one.estimate);
                CHECK(*one.high >= one.estimate);
            }
    CHECK(std::any_of(found.unidentified.begin(), found.unidentified.end(), [](const std::string& line) {
        return line.starts_with("how sure launches, staging, levels and slower work are");
    }));
    // One edit each for the seven tasks, and none for a task without a tag.
    const auto of_tasks =
        std::count_if(found.edits.begin(), found.edits.end(), [](const studies::CalibrationEdit& edit) {
            return edit.path.starts_with("workflow.t_") && edit.path.ends_with(".launch");
        });
    CHECK(of_tasks == 7);
}

TEST_CASE("calibrate: what had not ended counts as longer") {
    RecordedRun run;
    run.source = "cut off";
    run.resolution = kernel::millisecond;
    for (std::int64_t i = 0; i < 40; ++i) {
        RecordedTask task;
        task.id = "w" + std::to_string(i);
        task.name = task.process = "work";
        task.started = i * 10 * second;
        // Every fourth still runs.
        if (i % 4 != 0) task.completed = (i * 10 + 5 + i % 7) * second;
        run.tasks.push_back(task);
    }
    models::Scenario twin;
    models::Stage stage;
    stage.name = "work";
    stage.reads = {"jobs"};
    stage.work.workers.emplace();
    stage.work.workers->count = 1;
    twin.twin.stages.push_back(stage);
    const studies::Calibration found = studies::calibrate(twin, {run});
    REQUIRE(found.elements.size() == 1);
    CHECK(found.elements[0].path == "work.service");
    CHECK(found.elements[0].observations == 40);
    CHECK(!found.elements[0].fit);
    // Those that ended took 8 s on average.
    REQUIRE(found.edits.size() == 1);
    CHECK(found.edits[0].law->terms[0].law.mean() > 12);
}
