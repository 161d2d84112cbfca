#include "tools/formats/catalogs/airflow.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/catalogs/airflow_drawing.h"
#include "tools/formats/catalogs/airflow_state.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

std::optional<JsonValue> first_item(const JsonValue& object, std::string_view list) {
    simdjson::dom::array values;
    const auto found = member(object, list);
    if (!found || found->get(values) != simdjson::SUCCESS || values.size() == 0) return std::nullopt;
    return *values.begin();
}

bool is_dag(const JsonValue& object) {
    return member(object, "dag_id") && !member(object, "task_id") && !member(object, "eventType") &&
           (member(object, "schedule_interval") || member(object, "timetable_summary") ||
            member(object, "timetable_description") || member(object, "fileloc"));
}

/// Airflow wraps what it serializes: {"__type": "operator", "__var": {...}}.
JsonValue unwrapped(const JsonValue& value) { return member(value, "__var").value_or(value); }

}  // namespace

std::string first_text(const JsonValue& object, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (std::string text = text_of(object, key); !text.empty()) return text;
    return "";
}

void AirflowExports::State::read_task(std::map<std::string, AirflowTask>& tasks, const JsonValue& wrapped,
                                      const std::optional<JsonValue>& defaults) {
    const JsonValue object = unwrapped(wrapped);
    const std::string id = text_of(object, "task_id");
    if (id.empty()) return;
    AirflowTask& task = tasks[id];
    task.defined = true;
    const auto either = [&](std::string_view key) {
        const auto own = member(object, key);
        return own || !defaults ? own : member(*defaults, key);
    };
    const auto text = [&](std::string_view key) {
        const auto value = either(key);
        return value ? clean_text(raw_text(value)) : std::string();
    };
    keep_first(task.owner, text("owner"));
    for (const char* key : {"doc_md", "doc"}) keep_first(task.description, text(key));
    keep_first(task.pool, text("pool"));
    keep_first(task.trigger_rule, text("trigger_rule"));
    keep_first(task.slots, whole_count(airflow_number(either("pool_slots"))));
    keep_first(task.retries, whole_count(airflow_number(either("retries"))));
    keep_first(task.retry_delay, airflow_seconds(either("retry_delay")));
    for (const char* key : {"operator_name", "_task_type", "task_type", "operator_class"})
        if (const std::string word = text_of(object, key); !word.empty()) task.tags.insert(plain_word(word));
    if (either("execution_timeout")) task.unused.insert("execution_timeout");
    for (const auto& [key, standard] : {std::pair("priority_weight", 1.0),
                                        {"retry_exponential_backoff", 0.0},
                                        {"depends_on_past", 0.0},
                                        {"max_active_tis_per_dag", 0.0}}) {
        bool flag = false;
        const auto value = either(key);
        if (value && ((value->get(flag) == simdjson::SUCCESS && flag) ||
                      airflow_number(value).value_or(standard) != standard))
            task.unused.insert(key);
    }
    for (const char* key : {"downstream_task_ids", "_downstream_task_ids"})
        for_each(object, key, [&](const JsonValue& one) {
            if (const std::string behind = clean_text(raw_text(one)); !behind.empty())
                tasks[behind].after.insert(id);
        });
    for (const char* key : {"upstream_task_ids", "_upstream_task_ids"})
        for_each(object, key, [&](const JsonValue& one) {
            if (const std::string before = clean_text(raw_text(one)); !before.empty())
                task.after.insert(before);
        });
}

void AirflowExports::State::read_dag(const JsonValue& object) {
    const std::string id = first_text(object, {"dag_id", "_dag_id"});
    if (id.empty()) return;
    AirflowDag& dag = dags[id];
    dag.told = true;
    for (const char* key : {"description", "_description", "doc_md"})
        if (dag.description.empty()) keep_first(dag.description, text_of(object, key));
    const AirflowSchedule schedule = airflow_schedule(object);
    keep_first(dag.schedule, schedule.text);
    keep_first(dag.zone, schedule.zone);
    keep_first(dag.other_timetable, schedule.other_timetable);
    bool paused = false;
    if (const auto is = member(object, "is_paused"); is && is->get(paused) == simdjson::SUCCESS)
        dag.is_paused = dag.is_paused || paused;
    for_each(object, "owners", [&](const JsonValue& one) {
        if (std::string owner = clean_text(raw_text(one)); !owner.empty()) dag.owners.insert(owner);
    });
    for_each(object, "tags", [&](const JsonValue& one) {
        std::string tag = clean_text(raw_text(one));
        if (tag.empty()) tag = text_of(one, "name");
        if (!tag.empty()) dag.tags.insert(tag);
    });
    for (const char* key : {"max_active_runs", "_max_active_runs"})
        keep_first(dag.max_active_runs, whole_count(airflow_number(member(object, key))));
    for (const char* key : {"max_active_tasks", "_max_active_tasks", "concurrency"})
        keep_first(dag.max_active_tasks, whole_count(airflow_number(member(object, key))));
    std::optional<JsonValue> defaults = member(object, "default_args");
    if (defaults) defaults = unwrapped(*defaults);
    for_each(object, "tasks", [&](const JsonValue& task) { read_task(dag.tasks, task, defaults); });
}

AirflowExports::AirflowExports() : state_(std::make_unique<State>()) {}
AirflowExports::~AirflowExports() = default;

bool AirflowExports::looks_like_export(const simdjson::dom::element& value) {
    if (!value.is_object()) return false;
    if (const auto dag = member(value, "dag"))
        return (member(*dag, "dag_id") || member(*dag, "_dag_id")) && member(*dag, "tasks");
    if (const auto task = first_item(value, "tasks")) return has_text(member(unwrapped(*task), "task_id"));
    if (const auto task = first_item(value, "task_instances"))
        return has_text(member(*task, "task_id")) && has_text(member(*task, "dag_id"));
    if (const auto pool = first_item(value, "pools"))
        return has_text(member(*pool, "name")) && member(*pool, "slots");
    if (const auto dag = first_item(value, "dags")) return is_dag(*dag);
    return is_dag(value);
}

void AirflowExports::add(const simdjson::dom::element& value, const fs::path& file, std::int64_t line,
                         ImportProblems& problems) {
    State& s = *state_;
    std::int64_t number = 0;
    const auto lacks = [&](const char* list, const char* what) {
        ++number;
        problems.add(file, line, fmt::format("number {} of '{}' lacks {}", number, list, what));
    };
    if (const auto dag = member(value, "dag")) return s.read_dag(*dag);
    if (first_item(value, "tasks") && !is_dag(value)) {
        for_each(value, "tasks", [&](const JsonValue& task) {
            if (!has_text(member(unwrapped(task), "task_id"))) return lacks("tasks", "task_id");
            ++number;
            s.read_task(s.nameless[clean_text(file.stem().string())], task, std::nullopt);
        });
    } else if (first_item(value, "task_instances")) {
        for_each(value, "task_instances", [&](const JsonValue& one) {
            if (!has_text(member(one, "task_id")) || !has_text(member(one, "dag_id")))
                return lacks("task_instances", "dag_id and task_id");
            ++number;
            s.read_instance(one);
        });
    } else if (first_item(value, "pools")) {
        for_each(value, "pools", [&](const JsonValue& pool) {
            const auto slots = whole_count(number_of(pool, "slots"));
            const std::string name = text_of(pool, "name");
            if (name.empty()) return lacks("pools", "name");
            ++number;
            // -1: without end.
            auto& known = s.pools[name];
            known.first = text_of(pool, "description");
            known.second = std::max<std::int64_t>(known.second, slots.value_or(0));
        });
    } else if (first_item(value, "dags")) {
        for_each(value, "dags", [&](const JsonValue& dag) {
            if (!has_text(member(dag, "dag_id"))) return lacks("dags", "dag_id");
            ++number;
            s.read_dag(dag);
        });
    } else {
        s.read_dag(value);
    }
    // Pages of a long answer.
    for (const char* list : {"tasks", "task_instances", "pools", "dags"})
        if (const auto total = number_of(value, "total_entries");
            first_item(value, list) && total && *total > static_cast<double>(number))
            s.unused.insert(fmt::format("{} has {} of {} {}: read the other pages as well", file.string(),
                                        number, static_cast<std::int64_t>(*total), list));
}

void AirflowExports::add_drawing(std::string_view text, const fs::path& file, ImportProblems& problems) {
    AirflowDrawingReading reading = read_airflow_drawing(text);
    if (!reading.drawing) {
        problems.add(file, reading.line, reading.column, reading.problem);
        return;
    }
    AirflowDag& dag = state_->dags[clean_text(reading.drawing->dag)];
    dag.drawn = true;
    for (const auto& [name, before] : reading.drawing->tasks) {
        AirflowTask& task = dag.tasks[clean_text(name)];
        task.defined = true;
        for (const std::string& one : before) task.after.insert(clean_text(one));
    }
}

bool AirflowExports::empty() const {
    return state_->dags.empty() && state_->nameless.empty() && state_->pools.empty();
}

Catalog AirflowExports::take(bool runs) {
    Catalog catalog = state_->catalog(runs);
    state_ = std::make_unique<State>();
    return catalog;
}

}  // namespace understudy::formats
