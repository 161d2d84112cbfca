#include "tools/formats/logs/recorded_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "kernel/time.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/logs/dbt_status.h"
#include "tools/formats/logs/event_reader.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/process_reader.h"
#include "tools/formats/logs/wfformat.h"

namespace understudy::formats {

namespace {

using Rows = std::vector<RecordedRow>;

constexpr RecordedColumn columns[] = {
    {"submitted", RecordedColumn::Of::seconds, &RecordedRow::submitted, {"submit"}, true},
    {"started", RecordedColumn::Of::seconds, &RecordedRow::started, {"start"}, true},
    {"completed", RecordedColumn::Of::seconds, &RecordedRow::completed, {"complete", "end"}, true},
    {"wait", RecordedColumn::Of::seconds, &RecordedRow::wait, {}},
    {"duration", RecordedColumn::Of::seconds, &RecordedRow::duration, {"runtime", "run", "execution_time"}},
    {"work", RecordedColumn::Of::seconds, &RecordedRow::work, {"realtime"}},
    {"requested", RecordedColumn::Of::seconds, &RecordedRow::requested, {}},
    {"read", RecordedColumn::Of::bytes, &RecordedRow::read, {"read_bytes", "rchar"}},
    {"written", RecordedColumn::Of::bytes, &RecordedRow::written, {"write_bytes", "wchar"}},
    {"memory", RecordedColumn::Of::bytes, &RecordedRow::memory, {}},
    {"cpus", RecordedColumn::Of::count, &RecordedRow::cpus, {"processors"}},
};

std::optional<double> seconds_of(const std::optional<kernel::Time>& time) {
    return time ? std::optional(kernel::to_seconds(*time)) : std::nullopt;
}
std::optional<double> difference(const std::optional<double>& later, const std::optional<double>& earlier) {
    return later && earlier && *later >= *earlier ? std::optional(*later - *earlier) : std::nullopt;
}
std::optional<double> known(double value) { return value > 0 ? std::optional(value) : std::nullopt; }

Rows rows_of(const models::RecordedRun& run) {
    Rows rows;
    rows.reserve(run.tasks.size());
    for (const models::RecordedTask& task : run.tasks) {
        RecordedRow& row = rows.emplace_back();
        row.process = task.process.empty() ? task.name : task.process;
        row.submitted = seconds_of(task.submitted);
        row.started = seconds_of(task.started);
        row.completed = seconds_of(task.completed);
        row.wait = difference(row.started, row.submitted);
        row.duration = seconds_of(models::time_held(task));
        row.work = task.realtime ? seconds_of(task.realtime) : row.duration;
        row.requested = seconds_of(task.requested);
        row.read = known(static_cast<double>(task.read_bytes));
        row.written = known(static_cast<double>(task.write_bytes));
        row.memory = known(static_cast<double>(task.memory_bytes));
        row.cpus = known(task.cpus);
    }
    return rows;
}

Rows rows_of(const models::ProcessLog& log) {
    Rows rows;
    for (const models::ProcessCase& one : log.cases)
        for (const models::ProcessStep& step : one.steps) {
            RecordedRow& row = rows.emplace_back();
            row.process = log.activities[step.activity];
            row.started = seconds_of(step.start);
            row.completed = kernel::to_seconds(step.end);
            row.duration = difference(row.completed, row.started);
            // What was suspended is not worked on.
            kernel::Time work = 0;
            bool any = false;
            models::each_stretch(log, step, [&](const models::WorkStretch& stretch) {
                work += stretch.end - stretch.begin;
                any = true;
            });
            if (any) row.work = kernel::to_seconds(work);
        }
    return rows;
}

/// Pieces of work, each by its process, id and attempt, in the order in which they began.
Rows rows_of(const models::ObservedEvents& log) {
    struct Piece {
        std::optional<std::int64_t> submitted, started, ended;
    };
    std::map<std::tuple<std::string, std::string, std::int32_t>, Piece> pieces;
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const models::ObservedEvent& event : log.events) {
        using Kind = models::ObservedEvent::Kind;
        Piece& piece = pieces[{event.process, event.id, event.attempt}];
        if (event.kind == Kind::submitted) piece.submitted = event.ns;
        if (event.kind == Kind::started) piece.started = event.ns;
        if (event.kind == Kind::ended || event.kind == Kind::failed) piece.ended = event.ns;
        if (event.kind != Kind::due) first = std::min(first, event.ns);
    }
    const auto since = [&](const std::optional<std::int64_t>& ns) {
        return ns ? std::optional(kernel::to_seconds(*ns - first)) : std::nullopt;
    };
    Rows rows;
    for (const auto& [key, piece] : pieces) {
        RecordedRow& row = rows.emplace_back();
        row.process = std::get<0>(key);
        row.submitted = since(piece.submitted);
        row.started = since(piece.started);
        row.completed = since(piece.ended);
        row.wait = difference(row.started, row.submitted);
        row.duration = row.work = difference(row.completed, row.started);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const RecordedRow& a, const RecordedRow& b) {
        constexpr double never = std::numeric_limits<double>::infinity();
        return a.instant().value_or(never) < b.instant().value_or(never);
    });
    return rows;
}

/// Of the results of a run of dbt: nodes that ran.
std::variant<Rows, LogFailure> rows_of_dbt(const std::filesystem::path& file) {
    Input input(file);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    const simdjson::padded_string text(input.read_all(most_json_bytes));
    if (parser.parse(text).get(root) != simdjson::SUCCESS || !member(root, "results"))
        return LogFailure{fmt::format("{}: no run_results.json of dbt", file.string())};
    Rows rows;
    std::vector<std::optional<std::int64_t>> begins, ends;
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for_each(root, "results", [&](const JsonValue& result) {
        if (!has_run_in_dbt(plain_word(text_of(result, "status")))) return;
        RecordedRow& row = rows.emplace_back();
        row.process = text_of(result, "unique_id");
        row.duration = row.work = number_of(result, "execution_time");
        std::optional<std::int64_t> begin, end;
        for_each(result, "timing", [&](const JsonValue& part) {
            const auto from = date_instant(raw_text(part, "started_at")),
                       to = date_instant(raw_text(part, "completed_at"));
            if (from && (!begin || *from < *begin)) begin = from;
            if (to && (!end || *to > *end)) end = to;
        });
        if (begin) first = std::min(first, *begin);
        begins.push_back(begin);
        ends.push_back(end);
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (begins[i]) rows[i].started = kernel::to_seconds(*begins[i] - first);
        if (ends[i]) rows[i].completed = kernel::to_seconds(*ends[i] - first);
    }
    return rows;
}

/// What it is, where it is not of that format.
LogFailure of_another(const std::filesystem::path& file, std::string_view format) {
    const std::string kind = kind_of_log(file);
    return {fmt::format("{}: not of the format '{}'{}", file.string(), format,
                        kind.empty() ? "" : ", but " + kind)};
}

/// Of a log that was read, where it is of that format.
template <class Log>
std::variant<Rows, LogFailure> rows_of_format(std::variant<Log, LogFailure> log,
                                              const std::filesystem::path& file, std::string_view format) {
    if (auto* failure = std::get_if<LogFailure>(&log)) return std::move(*failure);
    const Log& read = std::get<Log>(log);
    if (read.format != format) return of_another(file, format);
    return rows_of(read);
}

}  // namespace

const RecordedColumn* recorded_column(std::string_view name) {
    for (const RecordedColumn& column : columns)
        if (column.name == name ||
            (!name.empty() && std::find(column.also.begin(), column.also.end(), name) != column.also.end()))
            return &column;
    return nullptr;
}

std::vector<std::string> recorded_column_names() {
    std::vector<std::string> names;
    for (const RecordedColumn& column : columns) names.emplace_back(column.name);
    return names;
}

std::variant<Rows, LogFailure> read_recorded_rows(const std::filesystem::path& file,
                                                  std::string_view format) {
    if (format == "dbt") return rows_of_dbt(file);
    if (format == "xes") return rows_of_format(read_process_log(file), file, format);
    if (format == "openlineage") return rows_of_format(read_events(file), file, format);
    LogOptions alone;
    alone.search_graph = false;
    return rows_of_format(read_log(file, alone), file, format);
}

}  // namespace understudy::formats
