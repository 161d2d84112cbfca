// Promised: types of workers that are called as the nodes of a log get the speed that they have there, and the service is
// that at speed 1; nodes that are no types are said, where they differ; what differs by task is not taken for the node's.
// Shown: durations drawn from known laws.
#include "tools/studies/calibrate_nodes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "kernel/distribution.h"
#include "kernel/random.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate.h"

using namespace understudy;
using models::RecordedRun;
using models::RecordedTask;
using studies::Calibration;

namespace {

/// 60 s on A, and `slower` times as long on B.
RecordedRun on_two_nodes(double slower) {
    kernel::Stream stream(kernel::stream_key(4, 0, "nodes", kernel::Purpose::check));
    const auto law = kernel::Distribution::lognormal(60, 0.2);
    RecordedRun run;
    run.source = "nodes";
    for (std::size_t i = 0; i < 600; ++i) {
        RecordedTask task;
        task.id = std::to_string(i);
        task.name = task.process = "work";
        task.node = i % 3 == 0 ? "B" : "A";
        task.started = kernel::from_seconds(100.0 * static_cast<double>(i));
        task.completed =
            *task.started + kernel::from_seconds(law.draw(stream) * (task.node == "B" ? slower : 1));
        run.tasks.push_back(task);
    }
    return run;
}

models::Scenario twin_of_types() {
    models::Scenario twin = tests::twin_of_jobs();
    models::WorkerType type;
    for (const char* name : {"A", "B"}) {
        type.name = name;
        twin.twin.types.push_back(type);
    }
    models::Pool pool;
    pool.name = "p";
    pool.workers.groups = {{"A", 1}, {"B", 1}};
    twin.twin.pools.push_back(pool);
    models::Need need;
    need.pool = "p";
    twin.twin.stages[0].work.workers.reset();
    twin.twin.stages[0].work.runs_on = {need};
    return twin;
}

}  // namespace

TEST_CASE("nodes: types of workers get their speed") {
    const Calibration found = studies::calibrate(twin_of_types(), {on_two_nodes(2)});
    const auto speed = std::find_if(found.edits.begin(), found.edits.end(),
                                    [](const auto& edit) { return edit.path == "B.speed"; });
    REQUIRE(speed != found.edits.end());
    CHECK(*speed->number == doctest::Approx(0.5).epsilon(0.05));
    const auto service = std::find_if(found.edits.begin(), found.edits.end(),
                                      [](const auto& edit) { return edit.path == "work.service"; });
    REQUIRE(service != found.edits.end());
    CHECK(service->law->terms[0].law.mean() == doctest::Approx(60).epsilon(0.03));
    CHECK(service->law->terms[0].law.cv() == doctest::Approx(0.2).epsilon(0.1));
    for (const studies::CalibratedElement& element : found.elements)
        if (element.path == "B.speed") {
            CHECK(*element.numbers[0].low <= 0.5);
            CHECK(*element.numbers[0].high >= 0.5);
        }
}

TEST_CASE("nodes: those that are no types are said, and those that are alike are not") {
    const Calibration unlike = studies::calibrate(tests::twin_of_jobs(), {on_two_nodes(2)});
    REQUIRE(!unlike.unidentified.empty());
    CHECK(
        unlike.unidentified[0].starts_with("work: durations go by where the work was done (A 1.00x, B 2.0"));
    const Calibration alike = studies::calibrate(twin_of_types(), {on_two_nodes(1)});
    CHECK(alike.unidentified.empty());
    CHECK(std::none_of(alike.edits.begin(), alike.edits.end(),
                       [](const auto& edit) { return edit.path.ends_with(".speed"); }));
}
