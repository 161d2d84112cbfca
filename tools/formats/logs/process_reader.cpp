#include "tools/formats/logs/process_reader.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/process_csv.h"
#include "tools/formats/logs/xes.h"

namespace understudy::formats {

namespace {

constexpr std::size_t looked_at = 1U << 16;
constexpr const char* object_centric =
    "is an object-centric log (OCEL), whose events belong to several objects and not to one case; export a "
    "log of one kind "
    "of object as XES or CSV";

enum class ProcessForm { none, xes, table, object_centric_table, object_centric_text, sqlite };

ProcessForm form_of(std::string_view head, const ColumnsSaid& columns = {}) {
    if (head.starts_with("SQLite format 3")) return ProcessForm::sqlite;
    if (head.find('\0') != std::string_view::npos) return ProcessForm::none;
    // Of XES no element is called so.
    if (looks_like_xml(head))
        return head.find("<events") != std::string_view::npos ||
                       head.find("<object-types") != std::string_view::npos
                   ? ProcessForm::object_centric_text
                   : ProcessForm::xes;
    const std::string_view text = trimmed(head);
    if (text.starts_with("{") && (text.find("\"objectTypes\"") != std::string_view::npos ||
                                  text.find("\"ocel:") != std::string_view::npos))
        return ProcessForm::object_centric_text;
    const std::string_view first = head.substr(0, head.find_first_of("\r\n"));
    const char separator = detect_separator(first);
    if (separator == 0) return ProcessForm::none;
    std::vector<std::string> header;
    split_delimited(first, separator, header);
    if (looks_like_process_table(header, columns)) return ProcessForm::table;
    const bool objects = std::any_of(header.begin(), header.end(),
                                     [](const std::string& title) { return title.starts_with("ocel:"); });
    return objects ? ProcessForm::object_centric_table : ProcessForm::none;
}

models::ProcessLog read_form(const std::filesystem::path& file, const InputLimits& limits, bool unfinished,
                             const ColumnsSaid& columns) {
    Input input(file, limits);
    const std::string_view head = input.peek(looked_at);
    if (head.empty()) input.refuse_empty();
    const ProcessForm form = form_of(head, columns);
    if (form != ProcessForm::table && !columns.empty())
        throw FileError(file, "is no table, and --columns is of the columns of one");
    switch (form) {
        case ProcessForm::xes: return read_xes(input, unfinished);
        case ProcessForm::table: {
            ProcessTableOptions options{columns, unfinished};
            Input for_dates(file, limits);
            find_order(for_dates, options);
            return read_process_csv(input, options);
        }
        case ProcessForm::object_centric_table:
        case ProcessForm::object_centric_text: {
            LogProblemList problems(file);
            problems.add(1, 1, object_centric);
            problems.refuse();
            break;
        }
        case ProcessForm::sqlite:
            throw FileError(file, "is a database of SQLite; export its log as XES or CSV");
        case ProcessForm::none: break;
    }
    throw FileError(file, "is no process log: neither XES nor a table with a case, an activity and a time");
}

}  // namespace

std::string why_no_process_log(std::string_view head) {
    const std::string_view first = head.substr(0, head.find_first_of("\r\n"));
    const char separator = detect_separator(first);
    const bool keys = first.starts_with("#") || first.find(": ") != std::string_view::npos;
    if (separator == 0 || keys || form_of(head) != ProcessForm::none) return "";
    const std::size_t next = head.find_first_not_of("\r\n", first.size());
    if (next == std::string_view::npos) return "";
    const std::string_view second = head.substr(next, head.find_first_of("\r\n", next) - next);
    std::vector<std::string> header, row;
    split_delimited(first, separator, header);
    split_delimited(second, separator, row);
    if (first.starts_with("sep=")) return "a first line without the names of columns ('sep=' is Excel's own)";
    return header.size() >= 2 && header.size() == row.size() ? why_no_process_table(header) : "";
}

bool looks_like_process_log(const std::filesystem::path& file, const ColumnsSaid& columns) {
    try {
        std::error_code none;
        if (!std::filesystem::is_regular_file(file, none)) return false;
        Input input(file);
        return form_of(input.peek(looked_at), columns) != ProcessForm::none;
    } catch (const FileError&) {
        return false;
    }
}

std::variant<models::ProcessLog, LogFailure> read_process_log(const std::filesystem::path& file,
                                                              const InputLimits& limits, bool unfinished,
                                                              const ColumnsSaid& columns) {
    try {
        return read_form(file, limits, unfinished, columns);
    } catch (const LogProblems& problems) {
        return LogFailure{problems.what(), true};
    } catch (const FileError& error) {
        return LogFailure{error.what()};
    }
}

}  // namespace understudy::formats
