// The tasks of a recorded run as rows of numbers, whatever log they come from, for laws and arrivals that are taken from it.
//
// Instants are seconds from the first of the log; what a log does not have is absent. By format: Nextflow traces, WfFormat,
// ninja's log and the Standard Workload Format as log_reader.h reads them; XES by its steps; OpenLineage by its runs; dbt's
// run_results.json by its nodes. Thread-safe.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tools/formats/logs/log_reader.h"

namespace understudy::formats {

/// One task, or one attempt of it that took time.
struct RecordedRow {
    std::string process;  ///< what kind of task it is
    std::optional<double> submitted, started, completed, wait, duration, work, requested;
    std::optional<double> read, written, memory, cpus;

    /// When it came: submitted, else started.
    std::optional<double> instant() const { return submitted ? submitted : started; }
};

/// A number of a row, by its name and the names that formats have for it (`realtime` of Nextflow, `run` of SWF).
struct RecordedColumn {
    enum class Of { seconds, bytes, count };
    std::string_view name;
    Of of = Of::seconds;
    std::optional<double> RecordedRow::*value = nullptr;
    std::array<std::string_view, 3> also = {};
    bool is_instant = false;
};
/// Null: there is none of that name.
const RecordedColumn* recorded_column(std::string_view name);
std::vector<std::string> recorded_column_names();

/// `format`: as `logs` name it, but csv. In the order of the log.
std::variant<std::vector<RecordedRow>, LogFailure> read_recorded_rows(const std::filesystem::path& file,
                                                                      std::string_view format);

}  // namespace understudy::formats
