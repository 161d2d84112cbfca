#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "models/schedule.h"
#include "tools/formats/catalogs/airflow_state.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/missing_values.h"

namespace understudy::formats {

namespace {

/// Of "scheduled__2026-03-09T05:00:00+00:00" the instant.
std::optional<std::int64_t> due_of(std::string_view run) {
    constexpr std::string_view begin = "scheduled__";
    return run.starts_with(begin) ? date_instant(run.substr(begin.size())) : std::nullopt;
}

/// Not by hand, and not because data came.
bool is_by_schedule(std::string_view run) {
    for (const char* other :
         {"manual__", "dataset_triggered__", "asset_triggered__", "asset_materialization__"})
        if (run.starts_with(other)) return false;
    return true;
}

}  // namespace

void AirflowExports::State::read_instance(const JsonValue& object) {
    AirflowTry one;
    one.dag = text_of(object, "dag_id");
    one.run = first_text(object, {"dag_run_id", "run_id"});
    one.task = text_of(object, "task_id");
    if (one.dag.empty() || one.task.empty()) return;
    one.map_index = static_cast<std::int64_t>(airflow_number(member(object, "map_index")).value_or(-1));
    one.number = whole_count(airflow_number(member(object, "try_number"))).value_or(1);
    one.state = plain_word(raw_text(object, "state"));
    one.host = text_of(object, "hostname");
    one.queued = date_instant(raw_text(object, "queued_when"));
    one.start = date_instant(raw_text(object, "start_date"));
    one.end = date_instant(raw_text(object, "end_date"));
    one.due = date_instant(raw_text(object, "logical_date"));
    if (!one.due) one.due = date_instant(raw_text(object, "execution_date"));
    take(std::move(one), text_of(object, "pool"), airflow_number(member(object, "pool_slots")),
         first_text(object, {"operator", "operator_name"}));
}

void AirflowExports::State::take(AirflowTry one, const std::string& pool, std::optional<double> slots,
                                 const std::string& kind) {
    if (!one.due) one.due = due_of(one.run);
    AirflowTask& task = dags[one.dag].tasks[one.task];
    keep_first(task.seen_pool, pool);
    keep_first(task.seen_slots, whole_count(slots));
    if (!kind.empty()) task.tags.insert(plain_word(kind));
    tries.insert(std::move(one));
}

void AirflowExports::State::read_run(const JsonValue& object) {
    const std::string dag = text_of(object, "dag_id");
    AirflowRun run;
    for (const char* key : {"logical_date", "execution_date", "run_after"})
        if (!run.due) run.due = date_instant(raw_text(object, key));
    const std::string id = first_text(object, {"dag_run_id", "run_id"});
    if (!run.due) run.due = due_of(id);
    const std::string type = plain_word(raw_text(object, "run_type"));
    run.by_schedule = type.empty() ? is_by_schedule(id) : type == "scheduled" || type.starts_with("backfill");
    dags[dag].told = true;
    runs[{dag, id}] = run;
}

void AirflowExports::State::find_runs_of_instances() {
    std::map<std::pair<std::string, std::int64_t>, std::string> due_then;
    for (const auto& [key, run] : runs)
        if (run.due) due_then.emplace(std::pair(key.first, *run.due), key.second);
    std::set<std::tuple<std::string, std::string, std::string>> told;  // by whom names the run
    for (const AirflowTry& one : tries) {
        if (one.run.empty()) continue;
        told.emplace(one.dag, one.run, one.task);
        if (one.due) due_then.emplace(std::pair(one.dag, *one.due), one.run);
    }
    std::set<AirflowTry> all;
    for (AirflowTry one : tries) {
        if (one.run.empty() && one.due) {
            const auto run = due_then.find({one.dag, *one.due});
            if (run != due_then.end() && told.contains({one.dag, run->second, one.task})) continue;
            // Else the instant tells its run from others.
            one.run = run != due_then.end() ? run->second : models::Calendar({*one.due}, "UTC").text(0);
        }
        if (const auto run = runs.find({one.dag, one.run}); run != runs.end() && !one.due)
            one.due = run->second.due;
        all.insert(std::move(one));
    }
    tries = std::move(all);
    unite_tries();
}

void AirflowExports::State::unite_tries() {
    std::map<std::tuple<std::string, std::string, std::string, std::int64_t, std::int64_t>, AirflowTry> known;
    std::set<AirflowTry> alone;  // of which no run is known
    for (const AirflowTry& one : tries) {
        if (one.run.empty()) {
            alone.insert(one);
            continue;
        }
        const auto [found, fresh] =
            known.emplace(std::tuple(one.dag, one.run, one.task, one.map_index, one.number), one);
        if (fresh) continue;
        AirflowTry& of = found->second;
        AirflowTry other = one;
        if (std::tie(of.end, of.start, of.state) < std::tie(other.end, other.start, other.state))
            std::swap(of, other);
        keep_first(of.host, other.host);
        keep_first(of.queued, other.queued);
        keep_first(of.due, other.due);
    }
    tries = std::move(alone);
    for (auto& [key, one] : known) tries.insert(std::move(one));
}

std::map<std::string, std::set<std::int64_t>> AirflowExports::State::due_by_schedule() const {
    std::map<std::string, std::set<std::int64_t>> due;
    for (const auto& [key, run] : runs)
        if (run.due && run.by_schedule) due[key.first].insert(*run.due);
    for (const AirflowTry& one : tries) {
        const auto run = runs.find({one.dag, one.run});
        if (one.due && (run == runs.end() ? is_by_schedule(one.run) : run->second.by_schedule))
            due[one.dag].insert(*one.due);
    }
    return due;
}

bool AirflowExports::looks_like_instances(std::string_view head) {
    const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
    const char separator = detect_separator(line);
    if (separator == 0) return false;
    std::vector<std::string> columns;
    split_delimited(line, separator, columns);
    return std::all_of(
        airflow_needed_columns.begin(), airflow_needed_columns.end(), [&](std::string_view needed) {
            return std::any_of(columns.begin(), columns.end(),
                               [&](const std::string& column) { return plain_word(column) == needed; });
        });
}

void AirflowExports::add_instances(Input& table, ImportProblems& problems) {
    State& s = *state_;
    const char separator = detect_separator(table.peek(1U << 16).substr(0, table.peek(1U << 16).find('\n')));
    DelimitedReader rows(table, separator, Quoting::rfc4180);
    std::vector<std::string> header, row;
    if (!rows.next(header)) return;
    std::map<std::string, std::size_t> at;
    for (std::size_t i = 0; i < header.size(); ++i) at.emplace(plain_word(header[i]), i);
    std::int64_t taken = 0;
    while (rows.next(row)) {
        if (rows.broken() || row.size() != header.size()) {
            problems.add(table.file(), rows.line(),
                         fmt::format("has {} fields, and the header {}", row.size(), header.size()));
            continue;
        }
        const auto text = [&](const char* column) -> std::string_view {
            const auto found = at.find(column);
            return found == at.end() ? std::string_view() : trimmed(row[found->second]);
        };
        const auto instant = [&](const char* column) -> std::optional<std::int64_t> {
            const std::string_view written = text(column);
            if (says_nothing(written) || plain_word(written) == "null" || written == "\\N")
                return std::nullopt;
            const auto found = date_instant(written);
            if (!found)
                problems.add(table.file(), rows.line(),
                             fmt::format("{} '{}' is no time such as '2026-03-09T05:00:00Z'", column,
                                         clean_text(written)));
            return found;
        };
        AirflowTry one;
        one.dag = clean_text(text("dag_id"));
        one.task = clean_text(text("task_id"));
        for (const char* column : {"run_id", "dag_run_id"})
            if (one.run.empty()) one.run = clean_text(text(column));
        if (one.dag.empty() || one.task.empty()) {
            problems.add(table.file(), rows.line(), "lacks dag_id or task_id");
            continue;
        }
        one.map_index = static_cast<std::int64_t>(log_number(text("map_index")).value_or(-1));
        one.number = whole_count(log_number(text("try_number"))).value_or(1);
        one.state = plain_word(text("state"));
        one.host = clean_text(text("hostname"));
        one.queued = instant("queued_dttm");
        one.start = instant("start_date");
        one.end = instant("end_date");
        for (const char* column : {"logical_date", "execution_date"})
            if (!one.due && at.contains(column)) one.due = instant(column);
        s.take(std::move(one), clean_text(text("pool")), log_number(text("pool_slots")),
               clean_text(text("operator")));
        ++taken;
    }
    if (taken == 0 && !problems.any()) problems.add(table.file(), 1, "has a header, and no row");
}

bool AirflowExports::looks_like_answer_of_instances(std::string_view head) {
    return trimmed(head).substr(0, 1) == "{" && head.find("\"task_instances\"") != std::string_view::npos;
}

}  // namespace understudy::formats
