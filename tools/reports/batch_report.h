// What an import of a batch system's log has read and what it took for true, as text for people. Pure function, thread-safe.
#pragma once

#include <string>

#include "models/recorded_run.h"
#include "tools/studies/batch_twin.h"

namespace understudy::reports {

std::string batch_report(const models::RecordedRun& run, const studies::BatchTwin& twin,
                         const std::string& scenario);

}  // namespace understudy::reports
