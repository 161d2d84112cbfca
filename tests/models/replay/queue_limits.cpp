// Promised: the rules of a recorded queue are found where they were and not where they were not: hours in which long jobs
// do not begin, days with fewer processors, times in which nothing begins; and how jobs waited is counted. Shown: recordings
// made by hand and by a scheduler with known rules.
#include "models/replay/queue_limits.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace understudy;
using kernel::day;
using kernel::hour;
using kernel::minute;
using kernel::second;
using kernel::Time;
using models::RecordedTask;

namespace {

RecordedTask job(Time submitted, Time started, Time completed, double processors = 1) {
    RecordedTask task;
    task.submitted = submitted;
    task.started = started;
    task.completed = completed;
    task.realtime = completed - started;
    task.cpus = processors;
    return task;
}

/// 20 weeks from a Monday, 00:00, of a machine with room for everybody: a short job an hour; every six hours a long one,
/// that begins at once, or with `night` not before 18:00 and not behind 6:00.
models::RecordedRun weeks(bool night) {
    models::RecordedRun run;
    run.epoch_ns = 4 * day;  // 1970-01-05 was a Monday
    for (Time at = 0; at < 20 * kernel::week; at += hour) {
        run.tasks.push_back(job(at + minute, at + minute, at + 20 * minute));
        run.tasks.back().requested = hour;
        if (at / hour % 6 != 3) continue;
        const Time clock = at % day;
        const Time start = night && clock >= 6 * hour && clock < 18 * hour ? at - clock + 18 * hour : at;
        run.tasks.push_back(job(at, start, start + 2 * hour));
        run.tasks.back().requested = 10 * hour;
    }
    return run;
}

}  // namespace

TEST_CASE("hours of the week are those of the local clock") {
    models::RecordedRun run;
    run.epoch_ns =
        1'774'742'400 * second;  // 2026-03-29T00:00Z, a Sunday, with summer time in Berlin from 01:00Z on
    CHECK(models::hour_of_week(run, 0) == 6 * 24);
    run.utc_offset = hour;
    CHECK(models::hour_of_week(run, 0) == 6 * 24 + 1);
    run.zone = "Europe/Berlin";
    CHECK(models::hour_of_week(run, 0) == 6 * 24 + 1);
    CHECK(models::hour_of_week(run, hour) == 6 * 24 + 3);
    CHECK(models::hour_of_week(run, 22 * hour) == 0);
    CHECK(models::next_hour(run, 0) == hour);
    CHECK(models::next_hour(run, 90 * minute) == 2 * hour);
}

TEST_CASE("hours in which long jobs do not begin are found") {
    const models::QueueLimits limits = models::find_queue_limits(weeks(true), 100);
    REQUIRE(limits.windows.size() == 1);
    CHECK(limits.windows[0].longer_than == hour);
    CHECK(limits.windows[0].jobs == 20 * 7 * 4);
    for (std::size_t h = 0; h < models::hours_of_week; ++h) {
        CAPTURE(h);
        // They come at 9:00 and 15:00, so that nobody waits before 9:00 and nothing is known of these hours.
        CHECK(limits.windows[0].closed[h] == (h % 24 >= 9 && h % 24 < 18));
    }
}

TEST_CASE("no hours are closed where long jobs begin at any time, or the log is short") {
    CHECK(models::find_queue_limits(weeks(false), 100).windows.empty());
    models::RecordedRun run = weeks(true);
    std::erase_if(run.tasks, [](const RecordedTask& task) { return *task.started > 12 * kernel::week; });
    CHECK(models::find_queue_limits(run, 100).windows.empty());
}

TEST_CASE("on a day on which jobs waited with room there were as many processors as were in use") {
    models::RecordedRun run;
    run.epoch_ns = 4 * day;
    // Day 1: full, one waits. Day 2: one waits beside six that are free. Day 3: nobody waits.
    run.tasks = {job(hour, hour, 20 * hour, 8), job(2 * hour, 20 * hour, 21 * hour, 4),
                 job(day, day, day + 5 * hour, 2), job(day + hour, day + 5 * hour, day + 6 * hour, 3),
                 job(2 * day, 2 * day, 2 * day + hour, 1)};
    const models::QueueLimits limits = models::find_queue_limits(run, 8);
    using Steps = std::vector<std::pair<Time, std::int64_t>>;
    CHECK(limits.processors == Steps{{0, 8}, {day, 3}, {2 * day, 8}});
    CHECK(limits.days_with_fewer == 1);
    CHECK(limits.standstills == 0);
    run.tasks.resize(2);
    CHECK(models::find_queue_limits(run, 8).processors.empty());
}

TEST_CASE("nothing begins in a standstill") {
    models::RecordedRun run;
    run.epoch_ns = 4 * day;
    run.tasks = {job(0, 0, hour, 4), job(2 * hour, 20 * hour, 21 * hour, 4),
                 job(20 * hour, 21 * hour, 22 * hour, 4)};
    const models::QueueLimits limits = models::find_queue_limits(run, 4);
    using Steps = std::vector<std::pair<Time, std::int64_t>>;
    CHECK(limits.standstills == 1);
    CHECK(limits.stood_still == 18 * hour);
    CHECK(limits.processors == Steps{{0, 4}, {2 * hour, 0}, {20 * hour, 4}});
    // Eleven hours are none, and who has no room does not make one.
    run.tasks[1] = job(9 * hour, 20 * hour, 21 * hour, 4);
    CHECK(models::find_queue_limits(run, 4).standstills == 0);
    run.tasks = {job(0, 0, 30 * hour, 4), job(2 * hour, 30 * hour, 31 * hour, 4)};
    CHECK(models::find_queue_limits(run, 4).standstills == 0);
}

TEST_CASE("how jobs waited") {
    models::RecordedRun run;
    // 1 runs from 0 to 100 on 3 of 4; 2 needs 2 and waits without room until 100, then with room until 110; 3 passes it.
    run.tasks = {job(0, 0, 100 * second, 3), job(10 * second, 110 * second, 120 * second, 2),
                 job(20 * second, 20 * second, 30 * second, 1)};
    CHECK(models::most_processors_in_use(run) == 4);
    const models::QueueBehaviour seen = models::queue_behaviour(run, 4, models::Backfill::any);
    CHECK(seen.jobs == 3);
    CHECK(seen.waited == 1);
    CHECK(seen.overtaken == 1);
    CHECK(seen.waited_s == 100);
    CHECK(seen.with_room_s == 10);
    run.tasks.push_back(RecordedTask{});
    CHECK(models::queue_behaviour(run, 4, models::Backfill::any).jobs == 3);
}

TEST_CASE("who waits for the first in line by the rule of backfilling does not wait with room") {
    models::RecordedRun run;
    // 1 runs from 0 to 100 on 3 of 4, 2 wants all; 3 and 4 want the one that is left, and only 3 would be gone by 100.
    run.tasks = {job(0, 0, 100 * second, 3), job(10 * second, 100 * second, 110 * second, 4),
                 job(20 * second, 110 * second, 140 * second, 1),
                 job(20 * second, 110 * second, 200 * second, 1)};
    CHECK(models::queue_behaviour(run, 4, models::Backfill::any).with_room_s == 160);
    CHECK(models::queue_behaviour(run, 4, models::Backfill::never).with_room_s == 0);
    // Until 70 it could have gone ahead.
    run.tasks.push_back(job(70 * second, 70 * second, 71 * second, 1));
    CHECK(models::queue_behaviour(run, 4, models::Backfill::easy).with_room_s == 50);
    // Beside the first there is room for each, and so there is while it runs.
    run.tasks[1].cpus = 3;
    run.tasks.pop_back();
    CHECK(models::queue_behaviour(run, 4, models::Backfill::easy).with_room_s == 180);
}
