// The twin of a process log or of the log of a batch system, as `import` and `twin import` take it: read, built, and what is
// to be printed of it. Internal to tools/cli.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/cli/command.h"
#include "tools/cli/exit_code.h"
#include "tools/formats/catalogs/twin_changes.h"
#include "tools/formats/language/document.h"
#include "tools/formats/logs/process_csv.h"

namespace understudy::cli {

enum class LogKind { process, batch };
/// None where the file is neither.
std::optional<LogKind> log_kind_of(const std::filesystem::path& file,
                                   const formats::ColumnsSaid& columns = {});
/// "orders.xes is a process log".
std::string told_as(const std::filesystem::path& file, LogKind kind);

/// UsageError where --dag is given, which says nothing of such a log.
void refuse_dag(const Options& options, const std::filesystem::path& file, LogKind kind);

struct LogTwin {
    models::Scenario scenario;  ///< each element has the tag
    std::string tag;            ///< "process_log", "swf": what an import made is told from what people added
    std::string title;          ///< "The twin of the process in orders.xes"
    std::string report, json;   ///< what was read
};
struct LogTwinReading {
    std::optional<LogTwin> twin;
    int code = exit_usage;  ///< where there is none
};

/// `name`: of the scenario; empty: of the file. `validate`: of a process log, forecasts the cycle times of its last fifth.
/// `columns`: of a
/// table. Prints what is wrong.
LogTwinReading read_log_twin(const std::filesystem::path& file, LogKind kind, const std::string& name,
                             bool validate = false, const formats::ColumnsSaid& columns = {});

/// `--columns` of `import` and `twin import`: of the table of a process.
void add_columns_option(Options& options);
/// What its file says; UsageError where what is imported is no table of a process, of which there is one.
formats::ColumnsSaid columns_said(const Options& options, const std::vector<std::filesystem::path>& paths);

/// The edits from an earlier twin to this one; FileError where the earlier one is of something else.
formats::TwinUpdate update_from_log(const formats::Node& earlier, const formats::Node& now,
                                    const LogTwin& twin, const std::filesystem::path& file);

}  // namespace understudy::cli
