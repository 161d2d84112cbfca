#include "tools/formats/logs/csv_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "tools/formats/files/file_error.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/table_columns.h"
#include "tools/formats/logs/written_dates.h"

namespace understudy::formats {

namespace {

enum class Measured { nothing, time, size };

Measured measured(std::size_t field) {
    using enum CsvField::Of;
    switch (field) {
        case submitted:
        case started:
        case completed:
        case waited:
        case duration:
        case realtime: return Measured::time;
        case memory:
        case read_bytes:
        case written_bytes: return Measured::size;
        default: return Measured::nothing;
    }
}

/// The unit that the name of a field's column ends with, in ns or bytes, 0 for none; and the name before it.
NameEnding ending_of(std::size_t field, const std::string& name) {
    switch (measured(field)) {
        case Measured::time: return ending_of(name, time_unit_words);
        case Measured::size: return ending_of(name, size_unit_words);
        case Measured::nothing: break;
    }
    return {0, name.size()};
}

/// Other words for our fields, in small letters, the likeliest first.
struct OtherWords {
    CsvField::Of field;
    std::array<std::string_view, 18> words;
};
constexpr std::array<OtherWords, 17> other_words = {
    {{CsvField::submitted,
      {"submit", "submit_time", "submitted_at", "submission", "queued", "queued_at", "queued_dttm",
       "enqueued_at", "runnable_at", "created_at", "created", "created_time", "creation_time"}},
     {CsvField::started,
      {"start", "start_time", "started_at", "starttime", "begin", "begin_time", "began", "begin_at",
       "started_time", "start_date"}},
     {CsvField::completed,
      {"complete", "completed_at", "end", "end_time", "endtime", "ended", "ended_at", "finish", "finished",
       "finish_time", "end_date", "finished_at", "stopped_at", "completed_time"}},
     {CsvField::waited,
      {"queued_duration", "queue_duration", "queuing_duration", "waiting_duration", "wait_duration",
       "wait_time", "waiting_time", "queue_time", "queued_time", "time_in_queue"}},
     {CsvField::duration, {"took", "elapsed", "runtime", "run_time"}},
     {CsvField::cpus, {"cores", "ncpus", "n_cpus", "num_cpus"}},
     {CsvField::memory, {"mem", "ram", "peak_rss", "max_rss", "maxrss", "rss"}},
     {CsvField::node,
      {"host", "hostname", "machine", "runner_name", "runner", "agent_name", "agent", "worker_name",
       "built_on"}},
     {CsvField::workflow, {"dag_id", "dag", "workflow_id", "pipeline", "workflow_name", "pipeline_name"}},
     {CsvField::pool,
      {"queue", "partition", "runner_group_name", "runner_group", "agent_pool", "pool_name", "queue_name"}},
     {CsvField::id, {"task_id", "job_id", "jobid"}},
     {CsvField::name, {"task", "job", "task_name", "job_name"}},
     {CsvField::parents, {"depends_on", "dependencies", "waits_for"}},
     {CsvField::attempt, {"try_number", "run_attempt"}},
     {CsvField::run, {"run_id", "dag_run_id", "logical_date", "execution_date"}},
     {CsvField::status, {"state"}},
     {CsvField::result, {"conclusion", "outcome"}}}};

/// The unit that the name of a field's column says; 0: none.
std::int64_t unit_of(std::size_t field, std::string_view column) {
    const auto words = words_of(column);
    const NameEnding plain = ending_of(field, words[0]);
    return plain.unit != 0 ? plain.unit : ending_of(field, words[1]).unit;
}

/// The field that a word means, ours or another's.
std::optional<std::size_t> field_named(const std::string& word) {
    const auto known = std::find(csv_fields().begin(), csv_fields().end(), word);
    if (known != csv_fields().end()) return static_cast<std::size_t>(known - csv_fields().begin());
    for (const OtherWords& other : other_words)
        for (const std::string_view theirs : other.words)
            if (!theirs.empty() && theirs == word) return other.field;
    return std::nullopt;
}

}  // namespace

const std::vector<std::string>& csv_fields() {
    static const std::vector<std::string> names = {
        "id",      "name",        "process", "tag",      "workflow", "node",    "pool",   "submitted",
        "started", "completed",   "waited",  "duration", "realtime", "cpus",    "memory", "read",
        "written", "cpu_percent", "attempt", "status",   "result",   "parents", "run"};
    return names;
}

std::map<std::string, std::string> exported_columns(const std::vector<std::string>& header) {
    const auto has = [&](std::string_view title) {
        return std::any_of(header.begin(), header.end(),
                           [&](const std::string& column) { return trimmed(column) == title; });
    };
    for (const std::string_view title : {"item", "element", "enter_ns", "start_ns", "complete_ns"})
        if (!has(title)) return {};
    std::map<std::string, std::string> columns = {{"tag", "item"},
                                                  {"process", "element"},
                                                  {"submitted", "enter_ns"},
                                                  {"started", "start_ns"},
                                                  {"completed", "complete_ns"}};
    for (const auto& [field, title] : {std::pair{"attempt", "attempt"},
                                       {"node", "worker"},
                                       {"status", "status"},
                                       {"pool", "pool"},
                                       {"cpus", "cpus"},
                                       {"memory", "memory"}})
        if (has(title)) columns.emplace(field, title);
    return columns;
}

std::map<std::string, std::string> own_columns(const std::vector<std::string>& header) {
    if (auto exported = exported_columns(header); !exported.empty()) return exported;
    std::map<std::string, std::string> columns;
    for (std::size_t field = 0; field < csv_fields().size(); ++field) {
        // Our word before others', and a plain name before one with a unit.
        std::vector<std::string_view> words;
        // Others mean many things by this word of ours.
        if (field != CsvField::run) words.push_back(csv_fields()[field]);
        for (const OtherWords& other : other_words)
            if (other.field == field) words.insert(words.end(), other.words.begin(), other.words.end());
        const auto column_for = [&](std::string_view word, bool with_unit) {
            return std::find_if(header.begin(), header.end(), [&](const std::string& column) {
                const auto names = words_of(column);
                return !word.empty() && std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                    const NameEnding ending = ending_of(field, name);
                    return with_unit ? ending.unit != 0 && name.substr(0, ending.stem) == word : name == word;
                });
            });
        };
        for (const std::string_view word : words)
            for (const bool with_unit : {false, true})
                if (const auto column = column_for(word, with_unit); column != header.end())
                    columns.emplace(csv_fields()[field], *column);
    }
    // Among runs the id of a task is its name, which each of them has.
    if (columns.count("run") + columns.count("workflow") > 0 && columns.count("name") == 0 &&
        columns.count("process") == 0)
        for (const std::string& column : header)
            if (plain_word(column) == "task_id") {
                columns["name"] = column;
                if (columns.count("id") > 0 && columns["id"] == column) columns.erase("id");
            }
    const bool times = (columns.count("started") > 0 && columns.count("completed") > 0) ||
                       columns.count("duration") > 0 || columns.count("realtime") > 0;
    const bool named = columns.count("id") > 0 || columns.count("name") > 0 || columns.count("process") > 0;
    if (!times || !named) columns.clear();
    return columns;
}

std::map<std::string, std::string> read_columns_file(const std::filesystem::path& path) {
    constexpr std::int64_t most_lines = 10'000;
    std::map<std::string, std::string> columns;
    Input input(path);
    const auto plain = [](const std::string& text) {
        const auto first = text.find_first_not_of(" \t\"'"), last = text.find_last_not_of(" \t\r\"'");
        return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
    };
    for (std::string line; input.read_line(line) && input.line_number() <= most_lines;) {
        if (plain(line).empty() || plain(line)[0] == '#') continue;
        const auto colon = line.find(':');
        if (colon == std::string::npos || plain(line.substr(colon + 1)).empty())
            throw FileError(fmt::format("{}:{}", path.string(), input.line_number()),
                            "is not a line such as 'start: started_at'");
        const std::string field = plain(line.substr(0, colon));
        if (!columns.emplace(field, plain(line.substr(colon + 1))).second)
            throw FileError(fmt::format("{}:{}", path.string(), input.line_number()),
                            fmt::format("says '{}' a second time", field));
    }
    if (columns.empty())
        throw FileError(path, "names no column; --columns takes lines such as 'start: started_at'");
    return columns;
}

CsvColumns::CsvColumns(const std::filesystem::path& file, const std::vector<std::string>& header,
                       const std::map<std::string, std::string>& mapping) {
    places_.fill(absent);
    for (const auto& [field, column] : mapping) {
        if (field == dates_field) continue;
        const std::optional<std::size_t> known = field_named(plain_word(field));
        if (!known)
            throw FileError(
                file, fmt::format("the mapping names a field `{}` that we do not know; fields are {}", field,
                                  fmt::join(csv_fields(), ", ")));
        const std::size_t at = column_titled(header, column);
        if (at == absent)
            throw FileError(
                file, fmt::format("lacks the column `{}` that the mapping gives for `{}`; columns are {}",
                                  column, field, fmt::join(header, ", ")));
        if (places_[*known] != absent)
            throw FileError(file, fmt::format("the mapping gives two columns for `{}`: `{}` is the second",
                                              csv_fields()[*known], column));
        places_[*known] = at;
        units_[*known] = unit_of(*known, header[at]);
        titles_[*known] = header[at];
    }
    using enum CsvField::Of;
    if (!has(duration) && !has(realtime) && !(has(started) && has(completed)))
        throw FileError(file,
                        "lacks the times: map `started` and `completed`, or `duration`, to its columns");
    if (!has(id) && !has(name) && !has(process))
        throw FileError(file, "lacks what tells tasks apart: map `id`, `name` or `process` to a column");
}

bool CsvColumns::uses(std::size_t column) const {
    return std::find(places_.begin(), places_.end(), column) != places_.end();
}

}  // namespace understudy::formats
