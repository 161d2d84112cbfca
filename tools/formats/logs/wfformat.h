// Reads WfCommons' WfFormat: a workflow that ran, as JSON.
//
// Versions 1.4 and 1.5 (`workflow.specification` and `workflow.execution`) and the flat forms of 1.0 to 1.3
// (`workflow.tasks` or `workflow.jobs`), with transfer and auxiliary jobs kept as tasks. Parents are read
// from both `parents` and `children`, by id or name. The format has durations and a makespan, no instants:
// `started` stays empty. A task's memory is what it used, not what it reserved, so `memory_bytes` stays
// unknown; `read_bytes` and `write_bytes` are the sizes of its input and output files, where those are not listed the
// bytes that were counted; `cpus` is `coreCount`, 1 where it is absent.
//
// Errors: FileError where the JSON is broken (with the place), is no workflow, has no task with a runtime, or
// its dependencies form a cycle. Thread-safe per Input.
#pragma once

#include <cstddef>

#include "models/recorded_run.h"
#include "tools/formats/logs/input.h"

namespace understudy::formats {

/// Larger documents are refused: as a tree in memory they take several times this.
inline constexpr std::size_t most_json_bytes = 256U << 20;

/// `zone`: as LogOptions says.
models::RecordedRun read_wfformat(Input& input, const std::string& zone = "");

}  // namespace understudy::formats
