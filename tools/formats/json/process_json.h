// What an import of a process log has read as a JSON document, for `understudy import --json`. Pure function, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "models/process_log.h"
#include "tools/studies/cycle_times.h"
#include "tools/studies/process_twin.h"

namespace understudy::formats {

/// `scenario`: its name. `validation`: where it was asked for.
std::string process_as_json(const models::ProcessLog& log, const studies::ProcessTwin& twin,
                            const std::string& scenario,
                            const std::optional<studies::CycleTimeValidation>& validation);

}  // namespace understudy::formats
