// Reads process logs in tables: a line an event, or a line a step with its start and its end.
//
// Columns come in any order and are found by their usual names, whatever their case and with blanks, points, dashes,
// underscores or nothing between words (start_time, startTime, Start Time):
//
// | field | columns |
// | --- | --- |
// | case | case:concept:name, case_id, case, case_number |
// | activity | concept:name, activity, activity_name |
// | end, or the time of an event | time:timestamp, end_timestamp, end_time, complete_timestamp, completion_time, timestamp, time, end, completed, end_date, end_date_time, complete_time, completed_at, ended_at, finish, finish_time, finished |
// | start | start_timestamp, start_time, time:start, start, started, start_date, start_date_time, started_at, begin, begin_time, begin_date, begin_timestamp, began |
// | resource | org:resource, resource |
// | transition | lifecycle:transition, lifecycle, transition |
// | instance | concept:instance, activity_instance_id, activity_instance |
//
// Others that hold times are noted.
// Case, activity and an end are needed. Quoted as RFC 4180 says, separated by comma, semicolon, tab or bar; times are dates
// ("2024-05-01T12:00:00+02:00", also with slashes, year first) in one form. Rows without a case, an activity or an end are
// counted and left out, as are starts that are empty.
//
// Errors: LogProblems with file:line of each time that cannot be read and each row with too few or too many fields;
// FileError where a column is missing or nothing can be used. Thread-safe per Input.
#pragma once

#include <string>
#include <vector>

#include "models/process_log.h"
#include "tools/formats/logs/input.h"

namespace understudy::formats {

/// Has this header a case, an activity and a time?
bool looks_like_process_table(const std::vector<std::string>& header);

/// Which of the needed columns a header lacks: "a case (case_id, ...), and of an activity (...)". Empty: none.
std::string why_no_process_table(const std::vector<std::string>& header);

/// `input` stands at the header. `unfinished`: what has begun and not ended is kept (ProcessLog::unfinished), a row with a
/// start and without an end among it.
models::ProcessLog read_process_csv(Input& input, bool unfinished = false);

}  // namespace understudy::formats
