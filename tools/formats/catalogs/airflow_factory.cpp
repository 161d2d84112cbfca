#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/catalogs/airflow_state.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

const Node* factory_node(const Node& map, std::string_view key) {
    const Entry* entry = map.is_map() ? map.find(key) : nullptr;
    return entry == nullptr ? nullptr : &entry->value;
}
std::string factory_text(const Node& map, std::string_view key) {
    const Node* node = factory_node(map, key);
    return node != nullptr && node->is_scalar() ? clean_text(node->text) : "";
}
std::optional<double> factory_number(const Node& map, std::string_view key) {
    const Node* node = factory_node(map, key);
    return node != nullptr && node->is_scalar() ? log_number(node->text) : std::nullopt;
}
std::optional<std::int64_t> factory_count(const Node& map, std::string_view key) {
    return whole_count(factory_number(map, key));
}

/// Tasks with their names: a map, or a list of what has a task_id.
std::vector<std::pair<std::string, const Node*>> factory_tasks(const Node& dag) {
    std::vector<std::pair<std::string, const Node*>> tasks;
    const Node* all = factory_node(dag, "tasks");
    if (all == nullptr) return tasks;
    for (const Entry& entry : all->entries)
        if (entry.value.is_map()) tasks.emplace_back(clean_text(entry.key), &entry.value);
    for (const Node& item : all->items)
        if (item.is_map() && !factory_text(item, "task_id").empty())
            tasks.emplace_back(factory_text(item, "task_id"), &item);
    return tasks;
}

}  // namespace

bool AirflowExports::looks_like_factory(const Node& root) {
    if (!root.is_map()) return false;
    return std::any_of(root.entries.begin(), root.entries.end(), [](const Entry& entry) {
        const auto tasks = factory_tasks(entry.value);
        return !tasks.empty() && std::all_of(tasks.begin(), tasks.end(), [](const auto& task) {
            return task.second->find("operator") != nullptr || task.second->find("decorator") != nullptr;
        });
    });
}

void AirflowExports::add_factory(const Node& root, const fs::path& file, ImportProblems& problems) {
    State& s = *state_;
    static const Node none = Node::map();
    const Node* all = factory_node(root, "default");
    const Node& common = all != nullptr ? *all : none;
    for (const Entry& entry : root.entries) {
        if (entry.key == "default" || !entry.value.is_map() || entry.value.find("tasks") == nullptr) continue;
        const std::string id = clean_text(entry.key);
        const Node& from = entry.value;
        AirflowDag& dag = s.dags[id];
        dag.told = true;
        const auto either = [&](std::string_view key) {
            const std::string own = factory_text(from, key);
            return own.empty() ? factory_text(common, key) : own;
        };
        const Node *own_args = factory_node(from, "default_args"),
                   *common_args = factory_node(common, "default_args");
        const auto of_args = [&](std::string_view key) {
            const std::string own = own_args != nullptr ? factory_text(*own_args, key) : "";
            return own.empty() && common_args != nullptr ? factory_text(*common_args, key) : own;
        };
        for (const char* key : {"schedule", "schedule_interval"}) keep_first(dag.schedule, either(key));
        keep_first(dag.zone, either("timezone"));
        keep_first(dag.description, either("description"));
        if (std::string owner = of_args("owner"); !owner.empty()) dag.owners.insert(std::move(owner));
        if (const Node* tags = factory_node(from, "tags"))
            for (const Node& tag : tags->items)
                if (!clean_text(tag.text).empty()) dag.tags.insert(clean_text(tag.text));
        for (const Node* holder : {&from, &common})
            for (const auto& [key, into] : {std::pair("max_active_runs", &dag.max_active_runs),
                                            {"max_active_tasks", &dag.max_active_tasks},
                                            {"concurrency", &dag.max_active_tasks}})
                if (!*into) *into = factory_count(*holder, key);
        if (const Node* schedule = factory_node(from, "schedule");
            schedule != nullptr && !schedule->is_scalar())
            s.unused.insert(fmt::format("{}:{}: the schedule of {} by datasets", file.string(),
                                        schedule->place.line, id));
        const auto tasks = factory_tasks(from);
        const auto name_of_task = [&](const std::string& task, const Node& node) {
            const std::string group = factory_text(node, "task_group_name");
            return group.empty() ? task : group + "." + task;
        };
        // A dependency names a task, or a group and thereby all in it.
        std::map<std::string, std::vector<std::string>> called;
        for (const auto& [task, node] : tasks) {
            called[task].push_back(name_of_task(task, *node));
            if (const std::string group = factory_text(*node, "task_group_name"); !group.empty())
                called[group].push_back(name_of_task(task, *node));
        }
        for (const auto& [name, node] : tasks) {
            AirflowTask& task = dag.tasks[name_of_task(name, *node)];
            task.defined = true;
            const auto own = [&](std::string_view key) {
                const std::string text = factory_text(*node, key);
                return text.empty() ? of_args(key) : text;
            };
            keep_first(task.owner, own("owner"));
            keep_first(task.description, factory_text(*node, "doc_md"));
            keep_first(task.pool, own("pool"));
            keep_first(task.trigger_rule, own("trigger_rule"));
            keep_first(task.slots, whole_count(log_number(own("pool_slots"))));
            keep_first(task.retries, whole_count(log_number(own("retries"))));
            for (const char* key : {"retry_delay_sec", "retry_delay"})
                keep_first(task.retry_delay, airflow_seconds(own(key)));
            for (const char* key : {"execution_timeout", "execution_timeout_secs", "priority_weight"})
                if (!own(key).empty()) task.unused.insert(key);
            const std::string kind = factory_text(*node, "operator");
            if (!kind.empty()) task.tags.insert(plain_word(kind.substr(kind.rfind('.') + 1)));
            const Node* dependencies = factory_node(*node, "dependencies");
            if (dependencies == nullptr) continue;
            for (const Node& one : dependencies->items) {
                const auto found = called.find(clean_text(one.text));
                if (found == called.end())
                    problems.add(file, one.place.line,
                                 fmt::format("'{}' depends on '{}', which is no task of {}", name,
                                             clean_text(one.text), id));
                else
                    task.after.insert(found->second.begin(), found->second.end());
            }
        }
    }
}

}  // namespace understudy::formats
