// `logs` of a scenario: columns of recorded data, read when a law or load asks for them.
//
// Tables (csv) have the columns that they have, with the units that the scenario says; logs of other formats those of
// tools/formats/logs/recorded_rows.h, of all their tasks or of those of one process (`trace.ALIGN.duration`). Tasks without
// the value are left out.
//
// The key of a table may be text: its values are numbers where all of them are, else what stands for the text in any log.
//
// Rows that say nothing in the column (missing_values.h) are left out and counted; dates may be written in any order of day and
// month that a date of the file says (written_dates.h).
//
// Errors in the section are reported at once; a file is opened when the first of its columns is needed, so
// that a log nobody uses costs nothing. Rows are in the order of the log's `time` column where it has one,
// else in that of the file. Dates count from the earliest of the log; those that say no zone are of that of the run, and
// of an hour that comes twice the rows of a log in order are first of the one and then of the other. Not thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/logs/recorded_rows.h"

namespace understudy::formats {

class LogColumns {
public:
    /// `section` may be null. Files are relative to `folder`; `zone` is that of dates in tables that say none.
    LogColumns(Reading& reading, const Node* section, std::string folder, std::string zone);

    /// Throws Fault: no such log or column, a file that cannot be read, a value that is no number.
    LogColumn column(std::string_view log, std::string_view column);

    /// When the first row of a table was that has been read, in ns since 1970; none: its times are no dates.
    std::optional<std::int64_t> first_date(std::string_view log) const;

    /// As declared, in the order of the file.
    const std::vector<models::Log>& declared() const { return declared_; }

    /// A hash of all columns that were read, names and values; 0 where none was.
    std::uint64_t digest() const;

private:
    struct Log {
        std::string name, file, time, format, key;
        std::map<std::string, std::string, std::less<>> units;  ///< by column
        std::map<std::string, LogColumn, std::less<>> columns;  ///< read already
        std::optional<std::vector<RecordedRow>> rows;  ///< of a log that is no table, once it was read
        std::optional<std::int64_t> first_date;
        bool broken = false;  ///< its error has been reported
    };
    void read(Log& log, const std::string& column);
    void read_rows(Log& log);
    LogColumn column_of_rows(Log& log, std::string_view column);
    std::filesystem::path path_of(const Log& log) const;

    std::map<std::string, Log, std::less<>> logs_;
    std::vector<models::Log> declared_;
    std::string folder_;
    std::string zone_;
};

}  // namespace understudy::formats
