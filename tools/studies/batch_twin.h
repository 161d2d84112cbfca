// The twin of a batch system for questions of load: its jobs as loads that can be multiplied, instead of one after the
// other as in a replay (replay_queue.h).
//
// - Classes of jobs by processors (1, 2, to 4, to 8, ...) and by the time that was asked for (to 15 min, 1 h, 4 h, 12 h, or
//   longer): a load and a stage for each. Its jobs take as many processors as they had in the mean, weighted by their run
//   times, so that the work is that of the log; run times are as recorded (recorded_law.h), `expected` is the mean of what
//   was asked for.
// - A pool `cluster` of the processors of the log, first come, first served, with EASY backfilling.
// - Jobs come at random at the class's mean rate, from the first submission to the last; in logs of four weeks and more
//   that say when they began, by hours of the local week, with one profile for all classes.
//
// No I/O; deterministic.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"

namespace understudy::studies {

/// What the profile is called that all loads have, where there is one.
inline constexpr const char* profile_of_batch_twin = "week";

struct BatchTwin {
    models::Scenario scenario;
    std::int64_t jobs = 0, left_out = 0;  ///< of the run's; without a submission or a run time
    std::int64_t classes = 0;
    double offered = 0;  ///< work of the jobs over all processors, from the first submission to the last
    std::vector<std::string> assumed, not_in_twin;
};

/// By job: the name of the stage that build_batch_twin() makes of its class.
std::vector<std::string> job_classes(const models::RecordedRun& run);

/// Makes the class of each job its kind (RecordedTask::process), where the twin has a stage for any of them by name or label:
/// so that what was made of one log can be fitted to another.
void name_job_classes(models::RecordedRun& run, const models::Scenario& twin);

/// Of a run with at least one job that has a submission and a run time; std::invalid_argument else.
BatchTwin build_batch_twin(const models::RecordedRun& run);

}  // namespace understudy::studies
