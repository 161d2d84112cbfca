// Dependencies of a log that go round in a circle: no run can have waited for them, and no twin could run.
// Internal to tools/formats/logs.
#pragma once

#include <filesystem>

#include "models/recorded_run.h"

namespace understudy::formats {

/// Throws FileError that names a task of a cycle of `RecordedTask::parents`.
void refuse_cycles(const models::RecordedRun& run, const std::filesystem::path& file);

}  // namespace understudy::formats
