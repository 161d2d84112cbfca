#include "tools/formats/logs/process_csv.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/process_events.h"

namespace understudy::formats {

namespace {

/// "Complete Timestamp": "complete_timestamp".
std::string column_word(std::string_view text) {
    std::string word = plain_word(text);
    for (char& c : word)
        if (c == ' ' || c == '.' || c == '-') c = '_';
    return word;
}

/// The column of the first of these names that there is.
std::size_t column_of(const std::vector<std::string>& words, std::initializer_list<const char*> names) {
    for (const char* name : names)
        for (std::size_t i = 0; i < words.size(); ++i)
            if (words[i] == name) return i;
    return absent;
}

struct ProcessColumns {
    std::size_t id = absent, activity = absent, end = absent, start = absent, resource = absent,
                transition = absent;
};

ProcessColumns process_columns(const std::vector<std::string>& header) {
    std::vector<std::string> words;
    for (const std::string& title : header) words.push_back(column_word(title));
    ProcessColumns columns;
    columns.id = column_of(words, {"case:concept:name", "case_id", "caseid", "case", "case_number"});
    columns.activity = column_of(words, {"concept:name", "activity", "activity_name"});
    columns.end = column_of(words, {"time:timestamp", "end_timestamp", "end_time", "complete_timestamp",
                                    "completion_time", "timestamp", "time", "end", "completed"});
    columns.start = column_of(words, {"start_timestamp", "start_time", "time:start", "start", "started"});
    columns.resource = column_of(words, {"org:resource", "resource"});
    columns.transition = column_of(words, {"lifecycle:transition", "lifecycle", "transition"});
    return columns;
}

/// Dates, also as "2014/10/22 11:15:41.000".
std::optional<std::int64_t> date_of(std::string text) {
    if (text.size() >= 10 && text[4] == '/' && text[7] == '/') text[4] = text[7] = '-';
    return date_instant(text);
}

}  // namespace

bool looks_like_process_table(const std::vector<std::string>& header) {
    const ProcessColumns columns = process_columns(header);
    return columns.id != absent && columns.activity != absent && columns.end != absent;
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
            events.notes().add("rows without a case, an activity or a time: left out", rows.line());
            continue;
        }
        const auto time = [&](std::size_t column) {
            const auto read = date_of(std::string(text(column)));
            if (!read)
                problems.add(rows.line(), 0,
                             fmt::format("'{}' in column {} is no date and time", text(column).substr(0, 40),
                                         header[column].substr(0, 40)));
            return read;
        };
        if (goes_on) {
            if (const auto since = time(columns.start))
                events.add(events.case_of(text(columns.id)), {text(columns.activity), text(columns.resource),
                                                              "start", std::nullopt, *since, rows.line()});
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
        events.add(events.case_of(text(columns.id)), {text(columns.activity), text(columns.resource),
                                                      text(columns.transition), start, *end, rows.line()});
    }
    problems.refuse();
    if (input.ended_early()) events.notes().add("the compressed file breaks off: what follows is missing");
    return events.finish("csv");
}

}  // namespace understudy::formats
