// Reads process logs in tables: a line an event, or a line a step with its start and its end.
//
// Columns come in any order and are found by their usual names, whatever their case and with blanks, points, dashes,
// underscores or nothing between words (start_time, startTime, Start Time); docs/file-formats.md lists them. Who imports may
// say some or all of them. Others that hold times are noted. Case, activity and an end are needed, or a start and a duration.
// A duration beside an end is that of the step that ends; its plain numbers are of the unit of its name ("duration_s").
//
// Quoted as RFC 4180 says, separated by comma, semicolon, tab or bar. Times are dates ("2024-05-01T12:00:00+02:00", also as
// written_dates.h has them) or numbers since 1970 whose size tells their unit. Rows without a case, an activity or an end are
// counted and left out, as are starts that are empty.
//
// Errors: LogProblems with file:line:column of each time that cannot be read, and with the line of each row with too few or
// too many fields; FileError where a column is missing or nothing can be used. Thread-safe per Input.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/process_log.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/written_dates.h"

namespace understudy::formats {

/// What the file of `--columns` says of a table (csv.h): a field or another usual name of it ("case", "start"), with the
/// column of the table; and "dates", with "day first" or "month first".
using ColumnsSaid = std::map<std::string, std::string>;

/// Do these say what is the case of a table: is it one of a process?
bool are_of_a_process(const ColumnsSaid& columns);

/// Nothing but how its dates are written, which any table may be told.
bool say_only_dates(const ColumnsSaid& columns);

/// Is this what tables call a column of starts?
bool names_a_start(std::string_view word);
/// Or of when steps were handed over?
bool names_a_submission(std::string_view word);

/// Has this header a case, an activity and a time? Where columns are said that are not there, it has.
bool looks_like_process_table(const std::vector<std::string>& header, const ColumnsSaid& columns = {});

/// Which of the needed columns a header lacks: "a case (case_id, ...), and of an activity (...)". Empty: none.
std::string why_no_process_table(const std::vector<std::string>& header);

struct ProcessTableOptions {
    ColumnsSaid columns = {};
    /// What has begun and not ended is kept (ProcessLog::unfinished), a row with a start and without an end among it.
    bool unfinished = false;
    /// Whether the day or the month comes first in dates that leave it open.
    DatesOrder order = {};
};

/// The order of its dates, as the columns say or the first date that says one does; nothing where none does, or where no
/// date of the first row leaves it open. `input` stands at the header, and is read as far as that takes.
void find_order(Input& input, ProcessTableOptions& options);

/// `input` stands at the header.
models::ProcessLog read_process_csv(Input& input, const ProcessTableOptions& options = {});

}  // namespace understudy::formats
