// Reads a plain CSV of tasks: any table whose columns a mapping names.
//
// Our fields, each of which also goes by other common words (`end`, `finished`, `ram`):
// id, name, process, tag, workflow, node, pool, submitted, started, completed, waited, duration, realtime, cpus, memory,
// read, written, cpu_percent, attempt, status, result, parents, run. Needed are `started` and `completed`, or `duration`
// (or `realtime`) with or without an instant. Instants are dates ("2024-05-01T12:00:00Z", also as written_dates.h has them;
// the first of the table that says whether the day or the month comes first says it for all) or numbers:
// seconds, milliseconds, ... since 1970 or since any instant, the unit by the column's name ("start_ms") or
// by size. `waited` is from the submission to the start. Durations are text ("2h 5m") or numbers of the unit of the column's
// name, seconds else; sizes are text ("1.2 GB") or numbers of the unit of the column's name ("ram_gb", powers of 1024), bytes
// else. `parents` lists ids, separated by `;`, `|` or `,`; a cycle of them is refused. `status`: ok, completed, success,
// succeeded, done, finished, 0 are good; failed, error, aborted, killed, timeout and whole numbers but 0 are failures; anything
// else leaves the row out, with a note. Where `result` says one of these words, the status does not count.
//
// Quoted as RFC 4180 says. Errors: FileError where a mapped column is missing (with those that are there), or
// nothing can be used. Thread-safe per Input.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

/// `columns`: our field (or another word for it) to the table's column; and "dates" (written_dates.h). None of ours:
/// own_columns() of the header (csv_columns.h). `zone`: as LogOptions says.
models::RecordedRun read_csv(Input& input, const std::map<std::string, std::string>& columns,
                             NotEnded not_ended = NotEnded::left_out, const std::string& zone = "");

}  // namespace understudy::formats
