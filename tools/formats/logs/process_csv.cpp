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
#include "tools/formats/logs/missing_values.h"
#include "tools/formats/logs/outcomes.h"
#include "tools/formats/logs/process_events.h"
#include "tools/formats/logs/table_columns.h"
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
                transition = absent, instance = absent, role = absent, group = absent, duration = absent,
                submitted = absent;
    /// Of plain numbers of the duration; 0: neither its name nor --columns says it.
    kernel::Time duration_unit = 0;

    bool tell_an_end() const { return end != absent || (start != absent && duration != absent); }
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
        {&ProcessColumns::submitted,
         "submitted",
         {"submitted", "submittedat", "submittime", "submittimestamp", "submissiontime", "enabletime",
          "enabletimestamp", "enabledtime", "enabledtimestamp", "enabledat"}},
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
        {&ProcessColumns::group, "group", {"org:group", "group", "groupname", "team"}},
        {&ProcessColumns::duration,
         "duration",
         {"duration", "activityduration", "eventduration", "processingtime", "servicetime", "took",
          "elapsed"}}};
    return all;
}

bool is_word_of(const ColumnWords& known, std::string_view word) {
    return std::any_of(known.words.begin(), known.words.end(), [&](const char* one) { return word == one; });
}

/// Of the name of a duration, in ns; 0: it says none.
kernel::Time unit_of_duration(std::string_view name) {
    const auto words = words_of(name);
    const NameEnding plain = ending_of(words[0], time_unit_words);
    return plain.unit != 0 ? plain.unit : ending_of(words[1], time_unit_words).unit;
}

/// "Duration (min)", "duration_s": what is before the unit, as column_word makes it.
std::string duration_word(std::string_view name) {
    const auto words = words_of(name);
    for (const std::string& word : words)
        if (const NameEnding ending = ending_of(word, time_unit_words); ending.unit != 0)
            return column_word(std::string_view(word).substr(0, ending.stem));
    return column_word(name);
}

/// What a line of `--columns` is about; null: no column of a process.
const ColumnWords* field_called(std::string_view field) {
    const std::string word = column_word(field);
    for (const ColumnWords& known : column_words())
        if (is_word_of(known, word) ||
            (known.column == &ProcessColumns::duration && is_word_of(known, duration_word(field))))
            return &known;
    return nullptr;
}

/// Those that are said, and the others by their names.
ProcessColumns process_columns(const std::vector<std::string>& header, const ColumnsSaid& said = {}) {
    ProcessColumns columns;
    std::vector<bool> taken(header.size());
    for (const auto& [field, title] : said)
        if (const ColumnWords* known = field_called(field)) {
            const std::size_t at = column_titled(header, title);
            if (at == absent) continue;
            columns.*known->column = at;
            taken[at] = true;
            if (known->column == &ProcessColumns::duration) columns.duration_unit = unit_of_duration(field);
        }
    std::vector<std::string> words;
    for (std::size_t i = 0; i < header.size(); ++i)
        words.push_back(taken[i] ? std::string() : column_word(header[i]));
    for (const ColumnWords& known : column_words())
        for (auto word = known.words.begin(); word != known.words.end() && columns.*known.column == absent;
             ++word)
            if (const auto at = std::find(words.begin(), words.end(), *word); at != words.end())
                columns.*known.column = static_cast<std::size_t>(at - words.begin());
    for (std::size_t i = 0; i < header.size() && columns.duration == absent; ++i)
        if (!taken[i] && unit_of_duration(header[i]) != 0 &&
            field_called(header[i]) == field_called("duration"))
            columns.duration = i;
    if (columns.duration != absent && columns.duration_unit == 0)
        columns.duration_unit = unit_of_duration(header[columns.duration]);
    return columns;
}

/// Throws FileError where what is said cannot be so.
void check_said(const Input& input, const std::vector<std::string>& header, const ColumnsSaid& said) {
    std::map<const ColumnWords*, std::string> fields;
    for (const auto& [field, title] : said) {
        if (field == dates_field) {
            order_said_as(title, input.file().string());
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
        if (column_titled(header, title) == absent)
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
    if (const auto instant = read_date(text, order, dates)) return instant;
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
        if (!read && is_date_text(row[i])) notes.add(unread_times_note(header[i]));
    }
}

/// Columns that may say how steps came out, which a process log does not tell.
std::vector<std::size_t> columns_of_outcomes(const std::vector<std::string>& header,
                                             const ProcessColumns& columns) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::string word = plain_word(header[i]);
        const bool named = word == "status" || word == "state" || word == "result" || word == "outcome" ||
                           word == "conclusion";
        if (named && std::none_of(column_words().begin(), column_words().end(),
                                  [&](const ColumnWords& known) { return columns.*known.column == i; }))
            found.push_back(i);
    }
    return found;
}

std::string lacking(const ProcessColumns& columns) {
    std::vector<std::string> missing;
    if (columns.id == absent) missing.emplace_back("a case (case_id, case, case:concept:name)");
    if (columns.activity == absent) missing.emplace_back("an activity (activity, concept:name)");
    if (!columns.tell_an_end()) missing.emplace_back("a time (timestamp, end_time, time:timestamp)");
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
        return known != nullptr && known->column == &ProcessColumns::id;
    });
}

bool say_only_dates(const ColumnsSaid& columns) { return columns.size() == columns.count(dates_field); }

bool names_a_start(std::string_view word) {
    const ColumnWords* known = field_called(word);
    return known != nullptr && known->column == &ProcessColumns::start;
}

bool names_a_submission(std::string_view word) {
    const ColumnWords* known = field_called(word);
    return known != nullptr && known->column == &ProcessColumns::submitted;
}

bool looks_like_process_table(const std::vector<std::string>& header, const ColumnsSaid& said) {
    if (are_of_a_process(said)) return true;
    const ProcessColumns columns = process_columns(header, said);
    return columns.id != absent && columns.activity != absent && columns.tell_an_end();
}

std::string why_no_process_table(const std::vector<std::string>& header) {
    return lacking(process_columns(header));
}

void find_order(Input& input, ProcessTableOptions& options) {
    if (const auto said = options.columns.find(dates_field); said != options.columns.end()) {
        options.order.set(order_said_as(said->second, input.file().string()));
        return;
    }
    DelimitedReader rows(input, separator_of(input), Quoting::rfc4180);
    std::vector<std::string> header, row;
    if (!rows.next(header)) return;
    const ProcessColumns columns = process_columns(header, options.columns);
    for (bool any = false, first = true; rows.next(row); first = first && !any) {
        bool open = false;
        for (const std::size_t column : {columns.submitted, columns.start, columns.end}) {
            if (column == absent || column >= row.size() || trimmed(row[column]).empty()) continue;
            any = true;
            open = options.order.see(row[column], rows.line()) || open;
            if (options.order.get()) return;
        }
        // Dates are of one form.
        if (first && any && !open) return;
    }
}

models::ProcessLog read_process_csv(Input& input, const ProcessTableOptions& options) {
    const bool unfinished = options.unfinished;
    const char separator = separator_of(input);
    DelimitedReader rows(input, separator, Quoting::rfc4180);
    std::vector<std::string> header, row;
    if (!rows.next(header)) input.refuse_empty();
    check_said(input, header, options.columns);
    const ProcessColumns columns = process_columns(header, options.columns);
    if (columns.id == absent || columns.activity == absent || !columns.tell_an_end())
        throw FileError(
            input.file(),
            fmt::format("lacks a column of {}; say with --columns which column is what (columns: {})",
                        lacking(columns),
                        printable(fmt::format("{}", fmt::join(header, ", ")).substr(0, 300))));
    const std::vector<std::size_t> outcomes = columns_of_outcomes(header, columns);
    LogProblemList problems(input.file());
    ProcessEvents events(input.file(), unfinished);
    std::int64_t read_rows = 0;
    const bool submitted_is_said =
        std::any_of(options.columns.begin(), options.columns.end(),
                    [](const auto& said) { return names_a_submission(said.first); });
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
        const auto duration = [&]() -> std::optional<kernel::Time> {
            const std::string_view written = text(columns.duration);
            if (written.empty() || says_nothing(written)) return std::nullopt;
            const std::string took = separator == ',' ? std::string(written) : with_decimal_point(written);
            if (took != written)
                events.notes().add("a comma within a number is taken as a decimal one", rows.line());
            const bool without_unit = columns.duration_unit == 0 && log_number(took);
            const auto found = without_unit ? std::nullopt : log_duration(took, columns.duration_unit);
            if (!found)
                events.notes().add(
                    fmt::format("column '{}' holds durations {}: not used",
                                printable(trimmed(header[columns.duration]).substr(0, 40)),
                                without_unit ? "of a unit that neither its name nor --columns says "
                                               "('duration_s')"
                                             : "that are none"),
                    rows.line());
            return found;
        };
        const bool lasts = columns.end == absent && !text(columns.start).empty();
        const std::optional<kernel::Time> lasted = lasts ? duration() : std::nullopt;
        const bool ends = columns.end == absent ? lasted.has_value() : !text(columns.end).empty();
        const bool begun = !text(columns.start).empty();
        const bool goes_on = unfinished && !ends && (begun || !text(columns.submitted).empty());
        if (text(columns.id).empty() || text(columns.activity).empty() || (!ends && !goes_on)) {
            const bool has_begun =
                !text(columns.id).empty() && !text(columns.activity).empty() && !text(columns.start).empty();
            events.notes().add(has_begun ? "rows with a start and no end, which had not ended: left out"
                                         : "rows without a case, an activity or a time: left out",
                               rows.line());
            continue;
        }
        if (++read_rows == 1) note_unread_times(header, row, columns, events.notes());
        for (const std::size_t column : outcomes)
            if (!log_number(row[column]) && outcome(row[column]) == Outcome::failed)
                events.notes().add(
                    fmt::format(
                        "column '{}' says that steps failed, and is not used: in a process log each is "
                        "work done; a table of tasks (columns run_id, process, start, complete, status) "
                        "tells of failures",
                        printable(trimmed(header[column]).substr(0, 40))),
                    rows.line());
        std::uint64_t word_for_word = 1;
        for (const std::string& field : row) add_word(word_for_word, field);
        const auto time = [&](std::size_t column) -> std::optional<std::int64_t> {
            if (const auto read = read_time(text(column), options.order.get(), dates)) return read;
            const auto place = rows.place_of(column);
            const std::optional<DayOrder> order = options.order.get();
            if (!order && order_said_by(text(column)) == OrderSaid::open) {
                problems.add(place.line, place.column, order_unknown(text(column)));
                problems.refuse();
            }
            const bool by_order = order && order_said_by(text(column)) != OrderSaid::nothing;
            problems.add(
                place.line, place.column,
                fmt::format("'{}' in column {} {}", printable(text(column).substr(0, 40)),
                            printable(header[column].substr(0, 40)),
                            may_be_spreadsheet_day(text(column)) ? spreadsheet_days : "is no date and time") +
                    (!by_order ? ""
                     : options.order.line() == 0
                         ? fmt::format(" with {}, as --columns says", words_for(*order))
                         : fmt::format(" with {}, as line {} has it", words_for(*order),
                                       options.order.line())));
            return std::nullopt;
        };
        std::optional<std::int64_t> submitted;
        if (const std::string_view handed_over = text(columns.submitted); !handed_over.empty()) {
            // What only goes by its name may be something else.
            submitted = submitted_is_said ? time(columns.submitted)
                                          : read_time(handed_over, options.order.get(), dates);
            if (!submitted && submitted_is_said) continue;
            if (!submitted)
                events.notes().add(fmt::format("column '{}' holds what is no date and time: not used there",
                                               printable(trimmed(header[columns.submitted]).substr(0, 40))),
                                   rows.line());
        }
        if (goes_on) {
            if (const auto since = begun ? time(columns.start) : submitted)
                events.add(events.case_of(text(columns.id)),
                           {text(columns.activity), text(columns.resource), begun ? "start" : "schedule",
                            std::nullopt, *since, rows.line(), text(columns.instance), word_for_word,
                            text(columns.role), text(columns.group), begun ? submitted : std::nullopt});
            continue;
        }
        std::optional<std::int64_t> start, end;
        if (!lasts) end = time(columns.end);
        if (!text(columns.start).empty()) {
            start = time(columns.start);
            if (!start) continue;
        } else if (const auto took = end ? duration() : std::nullopt) {
            start = *end - *took;
            events.notes().add(fmt::format("starts are `{}` less `{}`; where it is when steps began, say "
                                           "'start: {}' with --columns",
                                           printable(trimmed(header[columns.end]).substr(0, 40)),
                                           printable(trimmed(header[columns.duration]).substr(0, 40)),
                                           printable(trimmed(header[columns.end]).substr(0, 40))),
                               rows.line());
        } else if (columns.start != absent) {
            events.notes().add("rows without a start", rows.line());
        }
        if (lasts) end = *start + *lasted;
        if (!end) continue;
        events.add(events.case_of(text(columns.id)),
                   {text(columns.activity), text(columns.resource), text(columns.transition), start, *end,
                    rows.line(), text(columns.instance), word_for_word, text(columns.role),
                    text(columns.group), submitted});
    }
    problems.refuse();
    if (input.ended_early()) events.notes().add("the compressed file breaks off: what follows is missing");
    models::ProcessLog log = events.finish("csv");
    log.local_dates = dates.local();
    return log;
}

}  // namespace understudy::formats
