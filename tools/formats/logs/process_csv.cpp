#include "tools/formats/logs/process_csv.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

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
                transition = absent, instance = absent, role = absent, group = absent;
};

/// Names of columns as column_word makes them, the likeliest first; `name` is what messages call it.
struct ColumnWords {
    std::size_t ProcessColumns::*column;
    const char* name;
    std::vector<const char*> words;
};
const std::vector<ColumnWords>& column_words() {
    static const std::vector<ColumnWords> all = {
        {&ProcessColumns::id,
         "case",
         {"case:concept:name", "caseid", "case", "casenumber", "casekey", "caseno", "traceid",
          "processinstance", "processinstanceid"}},
        {&ProcessColumns::activity,
         "activity",
         {"concept:name", "activity", "activityname", "activityid", "task", "taskname", "event",
          "eventname"}},
        {&ProcessColumns::end,
         "end",
         {"time:timestamp", "endtimestamp", "endtime",     "completetimestamp", "completiontime",
          "timestamp",      "time",         "end",         "completed",         "enddate",
          "enddatetime",    "completetime", "completedat", "endedat",           "finish",
          "finishtime",     "finished",     "eventtime",   "eventtimestamp",    "timestampend",
          "complete",       "datetime",     "date"}},
        {&ProcessColumns::start,
         "start",
         {"starttimestamp", "starttime", "time:start", "start", "started", "startdate", "startdatetime",
          "startedat", "begin", "begintime", "begindate", "begintimestamp", "began", "timestampstart"}},
        {&ProcessColumns::resource,
         "resource",
         {"org:resource", "resource", "originator", "user", "resourceid", "resourcename", "performer"}},
        {&ProcessColumns::transition,
         "transition",
         {"lifecycle:transition", "lifecycle", "transition", "eventtype", "lifecycleid"}},
        {&ProcessColumns::instance,
         "instance",
         {"concept:instance", "activityinstanceid", "activityinstance", "instance"}},
        {&ProcessColumns::role, "role", {"org:role", "role", "rolename", "roleid"}},
        {&ProcessColumns::group, "group", {"org:group", "group", "groupname", "team"}}};
    return all;
}

constexpr const char* dates_field = "dates";

/// What a line of `--columns` is about; null: no column of a process.
const ColumnWords* field_called(std::string_view field) {
    const std::string word = column_word(field);
    for (const ColumnWords& known : column_words())
        if (std::any_of(known.words.begin(), known.words.end(), [&](const char* one) { return word == one; }))
            return &known;
    return nullptr;
}

/// Those that are said, and the others by their names.
ProcessColumns process_columns(const std::vector<std::string>& header, const ColumnsSaid& said = {}) {
    ProcessColumns columns;
    std::vector<bool> taken(header.size());
    for (const auto& [field, title] : said)
        if (const ColumnWords* known = field_called(field)) {
            const auto at =
                std::find_if(header.begin(), header.end(),
                             [&, wanted = title](const std::string& one) { return trimmed(one) == wanted; });
            if (at == header.end()) continue;
            columns.*known->column = static_cast<std::size_t>(at - header.begin());
            taken[columns.*known->column] = true;
        }
    std::vector<std::string> words;
    for (std::size_t i = 0; i < header.size(); ++i)
        words.push_back(taken[i] ? std::string() : column_word(header[i]));
    for (const ColumnWords& known : column_words())
        for (auto word = known.words.begin(); word != known.words.end() && columns.*known.column == absent;
             ++word)
            if (const auto at = std::find(words.begin(), words.end(), *word); at != words.end())
                columns.*known.column = static_cast<std::size_t>(at - words.begin());
    return columns;
}

/// Throws FileError where what is said cannot be so.
void check_said(const Input& input, const std::vector<std::string>& header, const ColumnsSaid& said) {
    std::map<const ColumnWords*, std::string> fields;
    for (const auto& [field, title] : said) {
        if (field == dates_field) {
            if (title != "day first" && title != "month first")
                throw FileError(input.file(),
                                fmt::format("'dates' of --columns is 'day first' or 'month first', not '{}'",
                                            printable(title)));
            continue;
        }
        const ColumnWords* known = field_called(field);
        if (known == nullptr) {
            std::vector<std::string> names;
            for (const ColumnWords& one : column_words()) names.emplace_back(one.name);
            throw FileError(input.file(),
                            fmt::format("--columns says '{}', and columns of a process are {} and '{}'",
                                        printable(field), fmt::join(names, ", "), dates_field));
        }
        const bool there =
            std::any_of(header.begin(), header.end(),
                        [&, wanted = title](const std::string& one) { return trimmed(one) == wanted; });
        if (!there)
            throw FileError(
                input.file(),
                fmt::format("lacks the column `{}` that --columns gives for `{}`; columns are {}",
                            printable(title), printable(field),
                            printable(fmt::format("{}", fmt::join(header, ", ")).substr(0, 300))));
        if (const auto [at, fresh] = fields.emplace(known, title); !fresh)
            throw FileError(input.file(), fmt::format("--columns gives two columns for `{}`: `{}` and `{}`",
                                                      known->name, printable(at->second), printable(title)));
    }
}

/// Nanoseconds since 1970, of a date or a number; `dates` is told of dates.
std::optional<std::int64_t> read_time(std::string_view text, std::optional<DayOrder> order,
                                      DateZones& dates) {
    if (const auto instant = date_instant(text)) {
        dates.add(text);
        return instant;
    }
    if (const auto iso = iso_date(text, order))
        if (const auto instant = date_instant(*iso)) {
            dates.add(*iso);
            return instant;
        }
    // Numbers that are no years: since 1973, in whatever unit.
    constexpr double least = 1e8;
    const auto number = text.ends_with('%') ? std::nullopt : log_number(text);
    return number && *number >= least ? log_instant(text, 0) : std::nullopt;
}

/// Columns that hold times and are taken for nothing: what they say is missing from the twin.
void note_unread_times(const std::vector<std::string>& header, const std::vector<std::string>& row,
                       const ProcessColumns& columns, NoteList& notes) {
    for (std::size_t i = 0; i < header.size() && i < row.size(); ++i) {
        bool read = false;
        for (const ColumnWords& known : column_words()) read = read || columns.*known.column == i;
        const std::string value(trimmed(row[i]));
        if (!read && value.size() > 10 &&
            (date_instant(value) || order_said_by(value) == OrderSaid::open ||
             iso_date(value, DayOrder::day_first)))
            notes.add(
                fmt::format("column '{}' holds times and is not used: none of the names of a start or an end",
                            printable(header[i].substr(0, 40))));
    }
}

std::string lacking(const ProcessColumns& columns) {
    std::vector<std::string> missing;
    if (columns.id == absent) missing.emplace_back("a case (case_id, case, case:concept:name)");
    if (columns.activity == absent) missing.emplace_back("an activity (activity, concept:name)");
    if (columns.end == absent) missing.emplace_back("a time (timestamp, end_time, time:timestamp)");
    return fmt::format("{}", fmt::join(missing, ", and of "));
}

char separator_of(Input& input) {
    const std::string_view head = input.peek(1U << 16);
    const char separator = detect_separator(head.substr(0, head.find_first_of("\r\n")));
    return separator == 0 ? ',' : separator;
}

const char* words_for(DayOrder order) {
    return order == DayOrder::day_first ? "the day first" : "the month first";
}

}  // namespace

bool are_of_a_process(const ColumnsSaid& columns) {
    return std::any_of(columns.begin(), columns.end(), [](const auto& said) {
        const ColumnWords* known = field_called(said.first);
        if (said.first == dates_field) return true;  // tables of tasks have dates that leave nothing open
        return known != nullptr && known->column == &ProcessColumns::id;
    });
}

bool looks_like_process_table(const std::vector<std::string>& header, const ColumnsSaid& said) {
    if (are_of_a_process(said)) return true;
    const ProcessColumns columns = process_columns(header, said);
    return columns.id != absent && columns.activity != absent && columns.end != absent;
}

std::string why_no_process_table(const std::vector<std::string>& header) {
    return lacking(process_columns(header));
}

void find_order(Input& input, ProcessTableOptions& options) {
    if (const auto said = options.columns.find(dates_field); said != options.columns.end()) {
        options.order = said->second == "day first" ? DayOrder::day_first : DayOrder::month_first;
        return;
    }
    DelimitedReader rows(input, separator_of(input), Quoting::rfc4180);
    std::vector<std::string> header, row;
    if (!rows.next(header)) return;
    const ProcessColumns columns = process_columns(header, options.columns);
    for (bool any = false, first = true; rows.next(row); first = first && !any) {
        bool open = false;
        for (const std::size_t column : {columns.start, columns.end}) {
            if (column == absent || column >= row.size() || trimmed(row[column]).empty()) continue;
            any = true;
            const OrderSaid said = order_said_by(row[column]);
            open = open || said != OrderSaid::nothing;
            if (said != OrderSaid::day_first && said != OrderSaid::month_first) continue;
            options.order = said == OrderSaid::day_first ? DayOrder::day_first : DayOrder::month_first;
            options.order_line = rows.line();
            return;
        }
        // Dates are of one form.
        if (first && any && !open) return;
    }
}

models::ProcessLog read_process_csv(Input& input, const ProcessTableOptions& options) {
    const bool unfinished = options.unfinished;
    DelimitedReader rows(input, separator_of(input), Quoting::rfc4180);
    std::vector<std::string> header, row;
    if (!rows.next(header)) input.refuse_empty();
    check_said(input, header, options.columns);
    const ProcessColumns columns = process_columns(header, options.columns);
    if (columns.id == absent || columns.activity == absent || columns.end == absent)
        throw FileError(
            input.file(),
            fmt::format("lacks a column of {}; say with --columns which column is what (columns: {})",
                        lacking(columns),
                        printable(fmt::format("{}", fmt::join(header, ", ")).substr(0, 300))));
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
        bool is_text = true;
        for (const std::size_t column : {columns.activity, columns.resource, columns.role, columns.group})
            is_text = is_text && simdjson::validate_utf8(text(column));
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
        const auto time = [&](std::size_t column) -> std::optional<std::int64_t> {
            if (const auto read = read_time(text(column), options.order, dates)) return read;
            const std::string shown = printable(text(column).substr(0, 40));
            const auto place = rows.place_of(column);
            if (!options.order && order_said_by(text(column)) == OrderSaid::open) {
                problems.add(
                    place.line, place.column,
                    fmt::format("'{}' may have the day or the month first, and no date of the log says "
                                "which; write 'dates: day first' or 'dates: month first' into a file "
                                "and give it with --columns",
                                shown));
                problems.refuse();
            }
            const bool by_order = options.order && order_said_by(text(column)) != OrderSaid::nothing;
            problems.add(
                place.line, place.column,
                fmt::format("'{}' in column {} is no date and time{}", shown,
                            printable(header[column].substr(0, 40)),
                            !by_order ? ""
                            : options.order_line == 0
                                ? fmt::format(" with {}, as --columns says", words_for(*options.order))
                                : fmt::format(" with {}, as line {} has it", words_for(*options.order),
                                              options.order_line)));
            return std::nullopt;
        };
        if (goes_on) {
            if (const auto since = time(columns.start))
                events.add(events.case_of(text(columns.id)),
                           {text(columns.activity), text(columns.resource), "start", std::nullopt, *since,
                            rows.line(), text(columns.instance), word_for_word, text(columns.role),
                            text(columns.group)});
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
        events.add(
            events.case_of(text(columns.id)),
            {text(columns.activity), text(columns.resource), text(columns.transition), start, *end,
             rows.line(), text(columns.instance), word_for_word, text(columns.role), text(columns.group)});
    }
    problems.refuse();
    if (input.ended_early()) events.notes().add("the compressed file breaks off: what follows is missing");
    models::ProcessLog log = events.finish("csv");
    log.local_dates = dates.local();
    return log;
}

}  // namespace understudy::formats
