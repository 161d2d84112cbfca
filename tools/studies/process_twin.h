// The twin of a recorded process: its activities as stages, its cases as a load.
//
// - A stage for each activity, under its name in the letters of the language; the recorded name is the label.
// - Where a case goes next: by the share of the recorded steps of an activity that were followed by a step of another in
//   the same case, or by none (the directly-follows relation; steps in the order of their begins). Where the log ends
//   before some cases do (`cut`), their last steps say nothing of what follows.
// - Service, where the log has starts: of a fitted twin the time of a step in which none before it in its case was still
//   going on, else the time from its start to its end. Time in which it was suspended is none of it.
// - Time in which work stood still (suspended), of a fitted twin: a stage ACTIVITY_suspended behind it, which holds nobody.
// - Time between steps, of a fitted twin: a stage ACTIVITY_waits in front, for as long as it took from when all steps
//   before had ended to the begin, less that in which all who can do it were at work (process_people.h): the twin's cases wait
//   for its people besides. It holds waiting for customers, for one of several people and for office hours alike, for the
//   log does not tell which it was.
// - People: a pool `people` whose workers are as many as the log has resources, each as often as it was seen to do several
//   steps at once, with skills for the activities that they did. Beyond 40 different sets of skills nobody is told apart.
//   Where the log has no resources or no starts nobody is waited for.
// - Of logs with roles, those of a role share a pool, which is called so; roles of which people did the same activities
//   share one with each other. A pool in which everybody can do everything needs no skills.
// - Cases arrive at random at the mean rate of the log.
//
// Laws: without a fit lognormal with the mean and variation of the sample; fitted, as recorded (recorded_law.h). No I/O;
// deterministic.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/process_log.h"
#include "models/scenario.h"

namespace understudy::studies {

struct ProcessTwinOptions {
    bool fitted = true;            ///< with the time between steps
    std::size_t cases = SIZE_MAX;  ///< made of the first so many by begin
};

struct ProcessTwin {
    models::Scenario scenario;
    std::vector<std::string> stage_of;  ///< by activity; empty: not among these cases
    std::vector<std::string> assumed, unknown;
    std::int64_t first_steps = 0,
                 links = 0;  ///< different ones: activities that begin a case, pairs that follow directly
};

/// By case: did the log end before it did? Told from its last activity: one that ends fewer than a tenth of its steps, in
/// cases that began in the first half of the log's time. Only where such ends are the exception there (up to 5 percent) and
/// clearly more frequent (5 percent, and three times as frequent) in the last tenth of the cases; else no case is. Empty:
/// none.
std::vector<bool> cut_cases(const models::ProcessLog& log);

ProcessTwin build_process_twin(const models::ProcessLog& log, const ProcessTwinOptions& options = {});

}  // namespace understudy::studies
