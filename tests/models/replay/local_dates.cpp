// Promised: dates that say no zone, read as of UTC, become those of a zone, through its changes of clock. Shown: instants of
// Berlin by hand.
#include "models/replay/local_dates.h"

#include <doctest/doctest.h>

using namespace understudy;
using kernel::hour;

TEST_CASE("dates without a zone are those of a place") {
    const models::LocalDates berlin("Europe/Berlin");
    // 2025-07-01T09:00 and 2025-01-01T09:00 there.
    CHECK(berlin.in_zone(1751360400LL * kernel::second) == 1751353200LL * kernel::second);
    CHECK(berlin.in_zone(1735722000LL * kernel::second) == 1735718400LL * kernel::second);
    CHECK(models::LocalDates("UTC").in_zone(5) == 5);
}

TEST_CASE("a run over a change of the clock keeps its clock, not its length") {
    models::RecordedRun run;
    run.epoch_ns = 1743199200LL * kernel::second;  // 2025-03-28T22:00, two days before
    models::RecordedTask task;
    task.started = 0;
    task.completed = 48 * hour;
    run.tasks.push_back(task);
    const std::int64_t before = run.epoch_ns;
    models::LocalDates("Europe/Berlin").move(run);
    CHECK(run.epoch_ns == before - hour);
    CHECK(run.tasks[0].started == 0);
    CHECK(run.tasks[0].completed == 47 * hour);
    CHECK(run.zone == "Europe/Berlin");
}

TEST_CASE("events are moved and stay a set") {
    models::ObservedEvents log;
    models::ObservedEvent event;
    event.ns = 1751360400LL * kernel::second;
    log.events = {event};
    models::LocalDates("Europe/Berlin").move(log);
    CHECK(log.events[0].ns == 1751353200LL * kernel::second);
}
