// Reads the log of a process, whatever format it is in: XES, or a table of events or steps.
//
// The format follows from the content. Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "models/process_log.h"
#include "tools/formats/logs/log_reader.h"
#include "tools/formats/logs/process_csv.h"

namespace understudy::formats {

/// Of a text that is a table, and no log of a process: what it lacks to be one. Empty of anything else.
std::string why_no_process_log(std::string_view head);

/// By its beginning. Object-centric logs (OCEL) count as such, so that they are refused for what they are. False where the
/// file cannot be opened.
bool looks_like_process_log(const std::filesystem::path& file, const ColumnsSaid& columns = {});

/// `unfinished`: what has begun and not ended is kept (ProcessLog::unfinished). `columns`: of tables.
std::variant<models::ProcessLog, LogFailure> read_process_log(const std::filesystem::path& file,
                                                              const InputLimits& limits = {},
                                                              bool unfinished = false,
                                                              const ColumnsSaid& columns = {});

}  // namespace understudy::formats
