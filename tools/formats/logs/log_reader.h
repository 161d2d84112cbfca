// Reads a recorded run, whatever log it is in: Nextflow traces, WfFormat, ninja's log, the Standard
// Workload Format, tables.
//
// The format follows from the content, not from the file's name; only a file that is called .swf and looks like no other
// format's is read as one, so that what is wrong with it is said. A graph of processes beside a Nextflow trace is found by
// itself (graph_of_trace.h), and so is the output of `ninja -t graph` (graph.dot, or any .graph) in the folder of a ninja
// log. A note says which file was used.
// Dependencies of Nextflow runs are not inferred here but by
// models/replay/dependencies.h.
//
// What is wrong with the log as a whole comes back as a message that names the file and what it lacks; what
// is wrong with single lines is in RecordedRun::notes. Thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "models/recorded_run.h"
#include "tools/formats/logs/input.h"

namespace understudy::formats {

struct LogOptions {
    /// Nextflow: the graph of processes. Ninja: the text of `ninja -t graph`, `-t deps` or `-t compdb`. Refused where
    /// it draws less than half of the log, and of other logs.
    std::optional<std::filesystem::path> dependencies;
    bool search_graph = true;                    ///< for a graph beside the log
    std::map<std::string, std::string> columns;  ///< our field to the table's column: the log is a table then
    /// Tables and Nextflow: tasks that have not ended, or of which only one instant is known, are kept; ids may repeat or be
    /// empty, and of Nextflow are hashes where there are any; parents are not read. Of batch systems: jobs that run, wait, or
    /// were cancelled before they ran are kept (swf.h). For who follows what happens.
    bool unfinished = false;
    /// Tables and Nextflow: what had come and not ended when the log did is kept in RecordedRun::open; all else is read as
    /// without it. For what counts as longer than it was seen.
    bool open = false;
    /// Of dates that say no zone (an IANA name): where all of a log's are such, RecordedRun::zone is this one. Empty: they
    /// are of UTC.
    std::string zone;
    InputLimits limits = {};
};

struct LogFailure {
    std::string message;
    bool located = false;  ///< the message is lines of `file:line:column: error: what`
};

using LogResult = std::variant<models::RecordedRun, LogFailure>;

LogResult read_log(const std::filesystem::path& file, const LogOptions& options = {});

/// What kind_of_log() says of a batch system's.
inline constexpr const char* swf_log = "a log in the Standard Workload Format";

/// What it says of a trace of Nextflow.
inline constexpr const char* nextflow_log = "a Nextflow trace";

/// "a Nextflow trace", "a ninja log", "a table", ...: what a file seems to be by its beginning, for a message to
/// somebody who took it for another kind of file. Empty where it is no log.
std::string kind_of_log(const std::filesystem::path& file);

}  // namespace understudy::formats
