// Reads ninja's build log, and what ninja says of the dependencies between its outputs.
//
// `.ninja_log` of versions 5, 6 and 7: start and end in milliseconds per output; outputs of one command are
// one task. The log is appended to by every build and rewritten in any order from time to time: builds are
// told apart by their ends, and the one with the most tasks is taken (the last of equal ones). For a clean
// record delete the log and build from scratch.
//
// Dependencies are not in it. They come from the text of `ninja -t graph` (all of them), `ninja -t deps`
// (headers that are built) or `ninja -t compdb` (sources that are built).
//
// Errors: FileError where the header is not ninja's or nothing can be used. Thread-safe per Input.
#pragma once

#include <cstddef>
#include <string_view>

#include "models/recorded_run.h"
#include "tools/formats/logs/input.h"

namespace understudy::formats {

bool looks_like_ninja(std::string_view head);

/// `dependencies` may be null: then the run has none, and the kind of a task is its output's extension
/// instead of its rule.
models::RecordedRun read_ninja(Input& log, Input* dependencies);

/// How many of the run's tasks the output of `ninja -t graph` draws; 0 where `graph` is no such output.
std::size_t drawn_tasks(const models::RecordedRun& run, Input& graph);

}  // namespace understudy::formats
