// What a recorded queue of jobs shows of the rules it was served by: when long jobs may begin, how many processors there
// were, when nothing began at all. For the twin of a batch system (tools/studies/replay_queue.h).
//
// A job waits with room where as many processors are not in use as it needs. A scheduler without rules of its own leaves
// few jobs waiting with room; where many do, it had rules, or the processors were not there. Three kinds of rules can be
// told from a log:
//
// - Start windows. Jobs are divided by the time that they asked for, where the hours of the week in which they began differ
//   most (the likelihood ratio G of two multinomials, 100 jobs at least on each side, at most two divisions). For each
//   class but the shortest and each hour of the local week: of the hours of the log in which such a job waited with room
//   for half an hour, or began, the share in which one began. An hour is closed where that share is below a third of the
//   one in the best quarter of the hours, and a binomial law says so at 1 percent. Single closed hours are opened, single
//   open ones between closed ones closed. Needs 13 weeks, so that each hour of the week came 13 times.
// - Processors by local day: on a day on which jobs waited with room, the most that were in use. The others were switched
//   off, reserved, or held by jobs that the log does not have.
// - Standstills: 12 hours and more in which no job began while jobs waited with room.
//
// All of it is taken from the recorded starts, as totals over days, or over hours of the week; nothing of it is of a single
// job, but it explains a recording more than it predicts another. Pure; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "kernel/time.h"
#include "models/recorded_run.h"
#include "models/scenario.h"

namespace understudy::models {

constexpr std::size_t hours_of_week = 168;

/// When jobs begin that asked for more than `longer_than` (and, if there is a next one, not more than that one's).
struct StartWindow {
    kernel::Time longer_than = 0;
    std::array<bool, hours_of_week> closed{};  ///< by local hour, from Monday 00:00
    std::int64_t jobs = 0;
};

struct QueueLimits {
    std::vector<StartWindow> windows;  ///< ascending
    /// From these instants on; empty: all of them, always. Begins at 0.
    std::vector<std::pair<kernel::Time, std::int64_t>> processors;
    std::int64_t days_with_fewer = 0;
    std::int64_t standstills = 0;
    kernel::Time stood_still = 0;
};

/// How the recorded scheduler did, over jobs with submission and start.
struct QueueBehaviour {
    std::int64_t jobs = 0;       ///< with both
    std::int64_t waited = 0;     ///< of these, for more than a minute
    std::int64_t overtaken = 0;  ///< began after a job that was submitted later
    double waited_s = 0;         ///< in sum
    double with_room_s = 0;      ///< of this, with room, and not kept back for the first in line
};

/// By jobs with submission and start.
std::int64_t most_processors_in_use(const RecordedRun& run);
/// `processors`: of the machine, at least 1. `backfill`: who may go ahead when the first of the line has no room.
QueueBehaviour queue_behaviour(const RecordedRun& run, std::int64_t processors, Backfill backfill);
QueueLimits find_queue_limits(const RecordedRun& run, std::int64_t processors);

/// Hour of the local week at an instant of the run, from Monday 00:00.
std::size_t hour_of_week(const RecordedRun& run, kernel::Time instant);
/// The next instant after `instant` at which a local hour begins; of zones that are off by no whole hours, a UTC hour.
kernel::Time next_hour(const RecordedRun& run, kernel::Time instant);

}  // namespace understudy::models
