// What an import of a process log has read, what it took for true and how well its twin predicts cycle times, as text for
// people. Pure function, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "models/process_log.h"
#include "tools/studies/cycle_times.h"
#include "tools/studies/process_twin.h"

namespace understudy::reports {

std::string process_report(const models::ProcessLog& log, const studies::ProcessTwin& twin,
                           const std::string& scenario,
                           const std::optional<studies::CycleTimeValidation>& validation);

}  // namespace understudy::reports
