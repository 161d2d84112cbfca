// What an import of a batch system's log has read as a JSON document, for `understudy import --json`. Pure function,
// thread-safe.
#pragma once

#include <string>

#include "models/recorded_run.h"
#include "tools/studies/batch_twin.h"

namespace understudy::formats {

/// `scenario`: its name.
std::string batch_as_json(const models::RecordedRun& run, const studies::BatchTwin& twin,
                          const std::string& scenario);

}  // namespace understudy::formats
