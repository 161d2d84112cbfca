// Reads Nextflow's trace file: one row per attempt of a task.
//
// Columns come in any order and go by their header; separators are tab, comma, semicolon or bar. Values are
// raw (milliseconds, bytes) or as people read them ("2h 5m", "1.2 GB", "2024-05-01 12:00:00.123"). Needed are
// a name or process, and per attempt an instant of submission, start or completion, or a duration. Where the
// trace lacks start or completion but has `duration` and `realtime`, they follow from these; a note says so.
//
// Attempts that failed or were aborted stay, marked, where they took time; cached and unfinished ones are
// left out. Rows that do not fit the header are counted in a note; a row whose tag holds the separator is put
// together again where the name, which repeats the tag, proves it. Dependencies are not in a trace (see
// nextflow_dag.h).
//
// Errors: FileError where the header lacks what is needed or no row can be used. Thread-safe per Input.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

/// More rows than this are refused: what we build from them would not fit into memory.
inline constexpr std::size_t most_recorded_tasks = 1'000'000;

/// Is this the header of a Nextflow trace?
bool looks_like_nextflow(const std::vector<std::string>& header);

/// `input` stands at the header. Instants are relative to the first submission; a start that the log cut to
/// whole seconds may lie up to a second before it.
/// `zone`: as LogOptions says.
models::RecordedRun read_nextflow(Input& input, NotEnded not_ended = NotEnded::left_out,
                                  const std::string& zone = "");

}  // namespace understudy::formats
