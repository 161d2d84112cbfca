// Promised: the phases of recorded tasks, and what they moved, are found again from when they began and ended, how long
// they ran and how much CPU they used. Shown: recordings made by hand on a platform whose sharing is known.
#include "models/replay/phases.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;
using kernel::second;
using models::RecordedRun;
using models::RecordedTask;

namespace {

/// Began at `start`, ran for `ran` of which it worked `worked`, and ended at `end`.
RecordedTask task(const char* process, const char* node, double start, double ran, double worked,
                  double end) {
    RecordedTask task;
    task.id = task.name = process;
    task.process = process;
    task.node = node;
    task.started = kernel::from_seconds(start);
    task.completed = kernel::from_seconds(end);
    task.realtime = kernel::from_seconds(ran);
    task.cpu_percent = 100 * worked / ran;
    return task;
}

models::StoragePlatform megabytes(double network, double bandwidth, double grows_to = 1) {
    models::StoragePlatform platform;
    platform.network = network * 1e6;
    platform.bandwidth = bandwidth * 1e6;
    platform.grows_to = grows_to;
    return platform;
}

}  // namespace

TEST_CASE("alone on its node a task moved what the network lets through") {
    RecordedRun run;
    run.tasks = {task("sort", "a", 0, 30, 10, 50)};
    const auto phases = models::find_phases(run, megabytes(1, 2));
    REQUIRE(phases.of[0]);
    // 20 s of reading; 20 s of writing, less 3 s for start and clean-up.
    CHECK(phases.of[0]->in_bytes == 20'000'000);
    CHECK(phases.of[0]->out_bytes == 17'000'000);
    CHECK(phases.of[0]->work == 13 * second);
    CHECK(phases.share_moving == doctest::Approx(37.0 / 50));
}

TEST_CASE("what is under way at once shares the server") {
    // Two nodes read from 0 s to 10 s through a server of 1 MB/s; the second goes on alone until 20 s.
    RecordedRun run;
    run.tasks = {task("a", "a", 0, 20, 10, 20), task("b", "b", 0, 30, 10, 30)};
    const auto phases = models::find_phases(run, megabytes(1, 1));
    CHECK(phases.of[0]->in_bytes == 5'000'000);
    CHECK(phases.of[1]->in_bytes == 15'000'000);
    // On a storage that grows to twice as much, two nodes had a third more: 2 * 2 / (2 + 1).
    const auto grown = models::find_phases(run, megabytes(1, 1, 2));
    CHECK(grown.of[0]->in_bytes == doctest::Approx(6'666'667).epsilon(1e-6));
}

TEST_CASE("tasks of a process that moved alike get the mean, others their own") {
    RecordedRun run;
    for (const double read : {9.0, 10.0, 11.0})
        run.tasks.push_back(task("like", "a", 100 * read, read + 1, 1, 100 * read + read + 1));
    for (const double read : {0.5, 40.0})
        run.tasks.push_back(
            task("unlike", "a", 1000 * (2 + read), read + 1, 1, 1000 * (2 + read) + read + 1));
    const auto phases = models::find_phases(run, megabytes(1, 1));
    CHECK(phases.of[0]->in_bytes == 10'000'000);
    CHECK(phases.of[2]->in_bytes == 10'000'000);
    CHECK(phases.of[3]->in_bytes == 500'000);
    CHECK(phases.of[4]->in_bytes == 40'000'000);
}

TEST_CASE("what the first on a node read and later ones found there is read once on each node") {
    RecordedRun run;
    run.tasks.push_back(task("map", "a", 0, 11, 1, 11));
    for (int i = 1; i < 5; ++i) run.tasks.push_back(task("map", "a", 20 * i, 1, 1, 20 * i + 1));
    const auto phases = models::find_phases(run, megabytes(1, 1));
    for (const auto& one : phases.of) {
        CHECK(one->once);
        CHECK(one->in_bytes == 10'000'000);
    }
}

TEST_CASE(
    "who counts hardly any of what it would have read waits for something else, and its waits are work") {
    // A task of "read" reads 5 MB in 10 s of 11 while one of "call" waits beside it, and 10 MB in the next 10 s alone.
    RecordedRun run;
    run.tasks = {task("read", "a", 0, 11, 1, 11), task("call", "a", 0, 20, 10, 20),
                 task("read", "a", 20, 11, 1, 31)};
    run.tasks[0].read_bytes = run.tasks[2].read_bytes = 20'000'000;
    const auto reads_of = [&](std::int64_t counted, bool reads_counted) {
        run.tasks[1].read_bytes = counted;
        models::StoragePlatform platform = megabytes(1, 1);
        platform.reads_counted = reads_counted;
        return models::find_phases(run, platform);
    };
    // Of 40 MB counted and 20 moved, 5 MB of "call" should count 10: a twentieth is 0.5, as good as nothing.
    const auto found = reads_of(400'000, true);
    CHECK(found.waited_elsewhere == std::vector<std::string>{"call"});
    CHECK(found.of[1]->in_bytes == 0);
    CHECK(found.of[1]->work == 20 * second);
    CHECK(found.of[0]->in_bytes == 10'000'000);  // all of the link is its own
    // It counts enough; nothing is counted of it, which may be for want of a counter; or counts say nothing.
    for (const auto& [counted, reads_counted] :
         {std::pair<std::int64_t, bool>{600'000, true}, {0, true}, {400'000, false}}) {
        const auto as_read = reads_of(counted, reads_counted);
        CHECK(as_read.waited_elsewhere.empty());
        CHECK(as_read.of[1]->in_bytes == 5'000'000);
        CHECK(as_read.of[1]->work == 10 * second);
    }
}

TEST_CASE("waits below the resolution of instants tell nothing") {
    RecordedRun run;
    run.tasks = {task("read", "a", 0, 11, 1, 11), task("write", "a", 20, 2.5, 1, 22.5)};
    run.tasks[0].read_bytes = 10'000'000;
    run.tasks[1].read_bytes = 10;
    models::StoragePlatform platform = megabytes(1, 1);
    platform.reads_counted = true;
    CHECK(models::find_phases(run, platform).waited_elsewhere.empty());
    run.tasks[1] = task("write", "a", 20, 3.5, 1, 23.5);
    run.tasks[1].read_bytes = 10;
    CHECK(models::find_phases(run, platform).waited_elsewhere == std::vector<std::string>{"write"});
}

TEST_CASE("who read what was written for it in less time than its waits would take read while it worked") {
    // "write" writes for `wrote` seconds; "read", which waits for it, runs for 17 s and works for `worked` of them.
    const auto phases_of = [](double wrote, double worked, double kept = 0, double faster = 2) {
        RecordedRun run;
        run.tasks = {task("write", "a", 0, 10, 10, 13 + wrote), task("read", "a", 40, 17, worked, 57)};
        run.tasks[1].parents = {0};
        models::StoragePlatform platform = megabytes(1, 1);
        platform.kept_by_writer = kept;
        platform.faster = faster;
        return *models::find_phases(run, platform).of[1];
    };
    // Its waits would move 12 MB, all of its run time 17: what was written is nearer to these from 14.3 MB on.
    CHECK(phases_of(17, 5).in_bytes == 17'000'000);
    CHECK(phases_of(17, 5).work == 0);
    CHECK(phases_of(15, 5).in_bytes == 17'000'000);
    CHECK(phases_of(14, 5).in_bytes == 12'000'000);
    CHECK(phases_of(14, 5).work == 5 * second);
    // Half of it was in the memory of the node; and with twice the network its work would take longer than its reading.
    CHECK(phases_of(17, 5, 0.5).in_bytes == 12'000'000);
    CHECK(phases_of(17, 9).in_bytes == 8'000'000);
    CHECK(phases_of(17, 9, 0, 1.5).in_bytes == 17'000'000);
    CHECK(phases_of(17, 5, 0, 4).in_bytes == 12'000'000);
    CHECK(phases_of(17, 9).work == 9 * second);
}

TEST_CASE("with other nodes more or less of what was written is at hand") {
    // A writes for 17 s; B and C, which wait for it, read 2 s and nothing.
    RecordedRun run;
    run.tasks = {task("a", "a", 0, 10, 10, 30), task("b", "a", 30, 12, 10, 42),
                 task("c", "a", 50, 10, 10, 60)};
    run.tasks[1].parents = run.tasks[2].parents = {0};
    models::StoragePlatform platform = megabytes(1, 1);
    platform.kept_by_writer = 0.5;
    platform.moved_to_nodes = 4;
    // Half of 17 MB each; half of what is hidden of it was kept, three quarters of that are elsewhere on four nodes.
    const auto more = models::find_phases(run, platform);
    CHECK(more.of[0]->in_bytes == 0);
    CHECK(more.of[1]->in_bytes == 2'000'000 + 2'437'500);
    CHECK(more.of[2]->in_bytes == 3'187'500);
    platform.moved_to_nodes = 1;
    CHECK(models::find_phases(run, platform).of[1]->in_bytes == 2'000'000);
    // From two nodes to one: half of the 8.5 MB is at hand that was not, and no more than was read.
    run.tasks[0].node = "b";
    platform.kept_by_writer = 1;
    const auto less = models::find_phases(run, platform);
    CHECK(less.of[1]->in_bytes == 0);
    CHECK(less.of[2]->in_bytes == 0);
}

TEST_CASE("tasks of which the log does not say enough have no phases") {
    RecordedRun run;
    run.tasks = {task("a", "a", 0, 10, 5, 12), task("b", "a", 0, 10, 5, 12), task("c", "a", 0, 10, 5, 12)};
    run.tasks[0].realtime.reset();
    run.tasks[1].cpu_percent = 0;
    run.tasks[2].completed.reset();
    const auto phases = models::find_phases(run, megabytes(1, 1));
    CHECK(phases.tasks == 0);
    for (const auto& one : phases.of) CHECK(!one);
}
