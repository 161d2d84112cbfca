// Promised: capacity_in_use() is the most that tasks asked for at once, on one node and in all, where what ends at an
// instant is gone for what starts then. Shown: small runs worked out by hand.
#include "models/replay/capacity.h"

#include <doctest/doctest.h>

using namespace understudy;
using kernel::second;
using models::RecordedTask;

namespace {

RecordedTask task(const char* node, kernel::Time start, kernel::Time end, double cpus, std::int64_t memory) {
    RecordedTask task;
    task.node = node;
    task.started = start * second;
    task.completed = end * second;
    task.cpus = cpus;
    task.memory_bytes = memory;
    return task;
}

}  // namespace

TEST_CASE("the most in use at once, by node and over all") {
    models::RecordedRun run;
    run.tasks = {task("a", 0, 10, 2, 100), task("a", 5, 15, 3, 50), task("b", 0, 20, 4, 10),
                 task("b", 12, 14, 1, 200)};
    const models::CapacityInUse most = models::capacity_in_use(run);
    CHECK(most.node_cores == 5);
    CHECK(most.node_memory_bytes == 210);
    CHECK(most.tasks == 3);
}

TEST_CASE("what ends at an instant makes room for what starts then") {
    models::RecordedRun run;
    run.tasks = {task("a", 0, 10, 2, 1), task("a", 10, 20, 2, 1)};
    CHECK(models::capacity_in_use(run).node_cores == 2);
    CHECK(models::capacity_in_use(run).tasks == 1);
}

TEST_CASE("a task shorter than the log's resolution counts, one without times does not") {
    models::RecordedRun run;
    run.resolution = second;
    run.tasks = {task("a", 0, 0, 2, 1), task("a", 0, 0, 3, 1), RecordedTask{}};
    CHECK(models::capacity_in_use(run).node_cores == 5);
    CHECK(models::capacity_in_use(run).tasks == 2);
    CHECK(models::capacity_in_use(models::RecordedRun{}).tasks == 0);
}
