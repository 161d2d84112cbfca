#include "tools/formats/catalogs/airflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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
            member(object, "timetable_description") || member(object, "fileloc") ||
            member(object, "filepath"));
}

bool is_instance(const JsonValue& object) {
    return has_text(member(object, "dag_id")) && has_text(member(object, "task_id")) &&
           !member(object, "eventType");
}

bool is_run(const JsonValue& object) {
    return has_text(member(object, "dag_id")) && !member(object, "task_id") &&
           (has_text(member(object, "dag_run_id")) || has_text(member(object, "run_id")));
}

/// Airflow wraps what it serializes: {"__type": "operator", "__var": {...}}.
JsonValue unwrapped(const JsonValue& value) { return member(value, "__var").value_or(value); }

bool is_task(const JsonValue& object) { return has_text(member(unwrapped(object), "task_id")); }

/// The command line calls it `pool`.
bool is_pool(const JsonValue& object) {
    return (has_text(member(object, "name")) || has_text(member(object, "pool"))) && member(object, "slots");
}

/// A kind of things of which the API answers with a list below a key; the command line prints the list alone.
struct Listed {
    const char* key;
    bool (*is_one)(const JsonValue&);
    const char* needs;
};
constexpr std::array<Listed, 5> listed_kinds = {{{"task_instances", is_instance, "dag_id and task_id"},
                                                 {"dag_runs", is_run, "dag_id and dag_run_id"},
                                                 {"pools", is_pool, "name and slots"},
                                                 {"dags", is_dag, "dag_id"},
                                                 {"tasks", is_task, "task_id"}}};

/// By the first of the list.
const Listed* kind_in(const JsonValue& value) {
    simdjson::dom::array list;
    if (value.get(list) == simdjson::SUCCESS) {
        // Tasks are no list of their own.
        const auto found =
            std::find_if(listed_kinds.begin(), listed_kinds.end() - 1,
                         [&](const Listed& kind) { return list.size() > 0 && kind.is_one(*list.begin()); });
        return found == listed_kinds.end() - 1 ? nullptr : &*found;
    }
    const auto found = std::find_if(listed_kinds.begin(), listed_kinds.end(), [&](const Listed& kind) {
        const auto first = first_item(value, kind.key);
        return first && kind.is_one(*first);
    });
    return found == listed_kinds.end() ? nullptr : &*found;
}

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
    for (const char* key : {"is_paused", "paused"})
        if (const auto is = member(object, key))
            dag.is_paused =
                dag.is_paused || (is->get(paused) == simdjson::SUCCESS && paused) || raw_text(is) == "True";
    // Several with commas, as the command line has them.
    if (const std::string owners = first_text(object, {"owners", "owner"}); !owners.empty())
        for (std::size_t from = 0; from <= owners.size();) {
            const std::size_t end = std::min(owners.find(',', from), owners.size());
            if (std::string owner = clean_text(owners.substr(from, end - from)); !owner.empty())
                dag.owners.insert(std::move(owner));
            from = end + 1;
        }
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
    if (value.is_object())
        if (const auto dag = member(value, "dag"))
            return (member(*dag, "dag_id") || member(*dag, "_dag_id")) && member(*dag, "tasks");
    return kind_in(value) != nullptr || is_dag(value);
}

void AirflowExports::add(const simdjson::dom::element& value, const fs::path& file, std::int64_t line,
                         ImportProblems& problems) {
    State& s = *state_;
    if (const auto dag = member(value, "dag")) return s.read_dag(*dag);
    const Listed* kind = is_dag(value) ? nullptr : kind_in(value);
    if (kind == nullptr) return s.read_dag(value);
    const std::string_view key = kind->key;
    std::int64_t number = 0;
    for_each(value.is_array() ? std::optional(value) : member(value, key), [&](const JsonValue& one) {
        ++number;
        if (!kind->is_one(one)) {
            problems.add(file, line, fmt::format("number {} of '{}' lacks {}", number, key, kind->needs));
        } else if (key == "tasks") {
            s.read_task(s.nameless[clean_text(file.stem().string())], one, std::nullopt);
        } else if (key == "task_instances") {
            s.read_instance(one);
        } else if (key == "dag_runs") {
            s.read_run(one);
        } else if (key == "pools") {
            // -1: without end.
            auto& known = s.pools[first_text(one, {"name", "pool"})];
            known.first = text_of(one, "description");
            known.second =
                std::max(known.second, whole_count(airflow_number(member(one, "slots"))).value_or(0));
        } else {
            s.read_dag(one);
        }
    });
    // Pages of a long answer.
    if (const auto total = number_of(value, "total_entries"); total && *total > static_cast<double>(number))
        s.unused.insert(fmt::format("{} has {} of {} {}: read the other pages as well", file.string(), number,
                                    static_cast<std::int64_t>(*total), key));
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
