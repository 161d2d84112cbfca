#include "tools/formats/logs/process_csv.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <string_view>

#include "tools/formats/logs/date_zones.h"
#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/process_events.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

/// "Complete Timestamp", "complete_timestamp", "completeTimestamp": "completetimestamp".
std::string column_word(std::string_view text) {
    std::string word = plain_word(text);
    std::erase_if(word, [](char c) { return c == ' ' || c == '.' || c == '-' || c == '_'; });
    return word;
}

struct ProcessColumns {
    std::size_t id = absent, activity = absent, end = absent, start = absent, resource = absent,
                transition = absent, instance = absent;
};

/// Names of columns as column_word makes them, the likeliest first.
struct ColumnWords {
    std::size_t ProcessColumns::*column;
    std::vector<const char*> words;
};
const std::vector<ColumnWords>& column_words() {
    static const std::vector<ColumnWords> all = {
        {&ProcessColumns::id, {"case:concept:name", "caseid", "case", "casenumber"}},
        {&ProcessColumns::activity, {"concept:name", "activity", "activityname"}},
        {&ProcessColumns::end,
         {"time:timestamp", "endtimestamp", "endtime", "completetimestamp", "completiontime", "timestamp",
          "time", "end", "completed", "enddate", "enddatetime", "completetime", "completedat", "endedat",
          "finish", "finishtime", "finished"}},
        {&ProcessColumns::start,
         {"starttimestamp", "starttime", "time:start", "start", "started", "startdate", "startdatetime",
          "startedat", "begin", "begintime", "begindate", "begintimestamp", "began"}},
        {&ProcessColumns::resource, {"org:resource", "resource", "originator", "user"}},
        {&ProcessColumns::transition, {"lifecycle:transition", "lifecycle", "transition", "eventtype"}},
        {&ProcessColumns::instance, {"concept:instance", "activityinstanceid", "activityinstance"}}};
    return all;
}

ProcessColumns process_columns(const std::vector<std::string>& header) {
    std::vector<std::string> words;
    for (const std::string& title : header) words.push_back(column_word(title));
    ProcessColumns columns;
    for (const ColumnWords& known : column_words())
        for (auto word = known.words.begin(); word != known.words.end() && columns.*known.column == absent;
             ++word)
            if (const auto at = std::find(words.begin(), words.end(), *word); at != words.end())
                columns.*known.column = static_cast<std::size_t>(at - words.begin());
    return columns;
}

/// Dates, also as "2014/10/22 11:15:41.000".
std::optional<std::int64_t> date_of(std::string text) {
    if (text.size() >= 10 && text[4] == '/' && text[7] == '/') text[4] = text[7] = '-';
    return date_instant(text);
}

/// Columns that hold times and are taken for nothing: what they say is missing from the twin.
void note_unread_times(const std::vector<std::string>& header, const std::vector<std::string>& row,
                       const ProcessColumns& columns, NoteList& notes) {
    for (std::size_t i = 0; i < header.size() && i < row.size(); ++i) {
        bool read = false;
        for (const ColumnWords& known : column_words()) read = read || columns.*known.column == i;
        const std::string value(trimmed(row[i]));
        if (!read && value.size() > 10 && date_of(value))
            notes.add(
                fmt::format("column '{}' holds times and is not used: none of the names of a start or an end",
                            printable(header[i].substr(0, 40))));
    }
}

}  // namespace

bool looks_like_process_table(const std::vector<std::string>& header) {
    const ProcessColumns columns = process_columns(header);
    return columns.id != absent && columns.activity != absent && columns.end != absent;
}

std::string why_no_process_table(const std::vector<std::string>& header) {
    const ProcessColumns columns = process_columns(header);
    std::vector<std::string> missing;
    if (columns.id == absent) missing.emplace_back("a case (case_id, case, case:concept:name)");
    if (columns.activity == absent) missing.emplace_back("an activity (activity, concept:name)");
    if (columns.end == absent) missing.emplace_back("a time (timestamp, end_time, time:timestamp)");
    return missing.empty() ? "" : fmt::format("{}", fmt::join(missing, ", and of "));
}

models::ProcessLog read_process_csv(Input& input, bool unfinished) {
    const std::string_view head = input.peek(1U << 16);
    const char separator = detect_separator(head.substr(0, head.find_first_of("\r\n")));
    DelimitedReader rows(input, separator == 0 ? ',' : separator, Quoting::rfc4180);
    std::vector<std::string> header, row;
    if (!rows.next(header)) input.refuse_empty();
    const ProcessColumns columns = process_columns(header);
    if (!looks_like_process_table(header))
        throw FileError(input.file(), "has no columns of a case, an activity and a time");
    LogProblemList problems(input.file());
    ProcessEvents events(input.file(), unfinished);
    std::int64_t read_rows = 0;
    DateZones dates;
    while (!problems.full() && rows.next(row)) {
        if (rows.broken() || row.size() != header.size()) {
            problems.add(rows.line(), 0,
                         rows.broken()
                             ? std::string("a quote that is not closed, or a line longer than any row")
                             : fmt::format("{} fields, and the header has {}", row.size(), header.size()));
            continue;
        }
        const auto text = [&](std::size_t column) {
            return column == absent ? std::string_view() : trimmed(row[column]);
        };
        // Names of stages and people are text of the twin; ids of cases may be any bytes.
        const bool is_text = simdjson::validate_utf8(text(columns.activity)) &&
                             simdjson::validate_utf8(text(columns.resource));
        if (const auto bad = is_text ? std::nullopt : rows.not_utf8()) {
            problems.add(
                bad->line, bad->column,
                fmt::format("a byte that is not UTF-8 (\\x{:02x}); save the file as UTF-8", bad->value));
            continue;
        }
        const bool goes_on = unfinished && text(columns.end).empty() && !text(columns.start).empty();
        if (text(columns.id).empty() || text(columns.activity).empty() ||
            (text(columns.end).empty() && !goes_on)) {
            const bool has_begun =
                !text(columns.id).empty() && !text(columns.activity).empty() && !text(columns.start).empty();
            events.notes().add(has_begun ? "rows with a start and no end, which had not ended: left out"
                                         : "rows without a case, an activity or a time: left out",
                               rows.line());
            continue;
        }
        if (++read_rows == 1) note_unread_times(header, row, columns, events.notes());
        std::uint64_t word_for_word = 1;
        for (const std::string& field : row) add_word(word_for_word, field);
        const auto time = [&](std::size_t column) {
            const auto read = date_of(std::string(text(column)));
            if (read)
                dates.add(text(column));
            else
                problems.add(rows.line(), 0,
                             fmt::format("'{}' in column {} is no date and time", text(column).substr(0, 40),
                                         header[column].substr(0, 40)));
            return read;
        };
        if (goes_on) {
            if (const auto since = time(columns.start))
                events.add(events.case_of(text(columns.id)),
                           {text(columns.activity), text(columns.resource), "start", std::nullopt, *since,
                            rows.line(), text(columns.instance), word_for_word});
            continue;
        }
        const auto end = time(columns.end);
        std::optional<std::int64_t> start;
        if (!text(columns.start).empty()) {
            start = time(columns.start);
            if (!start) continue;
        } else if (columns.start != absent) {
            events.notes().add("rows without a start", rows.line());
        }
        if (!end) continue;
        events.add(events.case_of(text(columns.id)),
                   {text(columns.activity), text(columns.resource), text(columns.transition), start, *end,
                    rows.line(), text(columns.instance), word_for_word});
    }
    problems.refuse();
    if (input.ended_early()) events.notes().add("the compressed file breaks off: what follows is missing");
    models::ProcessLog log = events.finish("csv");
    log.local_dates = dates.local();
    return log;
}

}  // namespace understudy::formats
