// The twin of a recorded batch system: jobs that ask for processors and a time, and a queue with backfilling.
//
// - A pool `cluster` of as many workers as the log says that there are processors (else as were in use at once), first come
//   first served, with the backfilling that is asked for. A job takes its processors all at once.
// - A task for each job that has a run time: submitted when it was, with its recorded run time as `service` and the time that
//   its user asked for as `expected`, which is what the reservation of `easy` goes by. Names are numbered by submission, the
//   label is the job's number.
// - With QueueRules::inferred also what the log shows of the rules of the recorded scheduler (models/replay/queue_limits.h):
//   `steps` of the cluster's workers, and for jobs that asked for long a second pool that has workers only in the hours in
//   which such jobs began.
//
// Nothing of the recorded starts is in the twin else. What it does not have of the recorded scheduler is listed in
// `not_in_twin`. No I/O; deterministic.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/replay_twin.h"

namespace understudy::studies {

enum class QueueRules {
    none,      ///< all processors, always, for all jobs
    inferred,  ///< those that the log shows
};

struct QueueTwinOptions {
    models::Backfill backfill = models::Backfill::easy;
    QueueRules rules = QueueRules::inferred;
};

/// Is it the log of a batch system, for which this twin is the one to build?
bool is_queue_of_jobs(const models::RecordedRun& run);

ReplayTwin build_queue_twin(const models::RecordedRun& run, const QueueTwinOptions& options = {});

}  // namespace understudy::studies
