// Pipelines and their tasks.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tools/formats/language/objectives.h"
#include "tools/formats/language/reading.h"
#include "tools/formats/language/schedules.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

void read_trigger_rule(MapReader& map, models::Task& into) {
    const Node* node = map.scalar("trigger_rule");
    if (node == nullptr) return;
    static const std::vector<std::string> words = {"all_success", "all_done", "one_success", "none_failed"};
    const auto found = std::find(words.begin(), words.end(), node->text);
    if (found != words.end()) {
        into.trigger_rule = static_cast<models::TriggerRule>(found - words.begin());
        return;
    }
    map.reading().guarded(*node, [&] {
        if (node->text.starts_with("quorum ")) {
            into.trigger_rule = models::TriggerRule::quorum;
            into.quorum = read_count(std::string_view(node->text).substr(7), false, 7);
            if (into.quorum == 0) throw Fault(7, "a quorum of 0", "write at least 1");
            return;
        }
        std::string hint = did_you_mean(node->text, words);
        if (node->text.starts_with("quorum")) hint = "write 'quorum 2'";
        throw Fault(0, fmt::format("unknown trigger rule '{}'", node->text),
                    hint.empty() ? "all_success, all_done, one_success, none_failed or 'quorum 2'" : hint);
    });
}

void read_task_inputs(MapReader& map, models::Task& into) {
    const Node* node = map.find("reads");
    if (node == nullptr) return;
    Reading& reading = map.reading();
    if (node->is_scalar()) {
        if (require_name(reading, *node)) into.reads.push_back({node->text, false});
    } else if (node->is_list()) {
        for (const Node& item : node->items)
            if (require_name(reading, item)) into.reads.push_back({item.text, false});
    } else {
        for (const Entry& entry : node->entries) {
            Node name = Node::scalar(entry.key);
            name.place = entry.place;
            if (!require_name(reading, name) ||
                !require_scalar(reading, entry.value, "reads", "{orders: new}"))
                continue;
            if (entry.value.text != "new" && entry.value.text != "all")
                reading.error(entry.value,
                              fmt::format("'{}' says neither what is new nor all", entry.value.text),
                              fmt::format("write '{{{}: new}}' or '{{{}: all}}'", entry.key, entry.key));
            into.reads.push_back({entry.key, entry.value.text == "all"});
        }
    }
}

models::Task read_task(Reading& reading, const Entry& element) {
    models::Task task;
    task.name = element.key;
    MapReader map(reading, element.value, "task", element.place);
    map.names("after", task.after);
    read_trigger_rule(map, task);
    task.cancel_rest = map.choice("rest").value_or(0) == 1;
    read_task_inputs(map, task);
    map.names("writes", task.writes);
    if (const Node* condition = map.scalar("waits_for"))
        reading.guarded(*condition, [&] { task.waits_for = read_condition(condition->text); });
    map.duration("poke", task.poke);
    task.keeps_workers = map.choice("mode").value_or(1) == 0;
    if (const Node* poke = map.find("poke"); poke != nullptr && task.poke <= 0)
        reading.error(*poke, "a sensor that looks every 0s never lets time pass", "write a longer time");
    for (const std::string_view key : {"poke", "mode"})
        if (const Node* other = map.find(key);
            other != nullptr && !map.has("waits_for") && !other->is_default)
            reading.error(*other, fmt::format("'{}' without 'waits_for'", key), "it belongs to a sensor");
    map.count("expand", task.expand, 1);
    map.duration("not_before", task.not_before);
    map.law("delay", task.delay);
    map.text("worker", task.worker);
    read_work(map, task.work);
    map.name("holds_until", task.holds_until);
    map.name("dead_letter", task.dead_letter);
    read_emits(map, task.emits);
    read_description(map, task.description);
    return task;
}

bool is_worker_key(std::string_view key) {
    static const KeyPlace& pool = place_named("pool");
    return pool.find(key) != nullptr && key != "label" && key != "description" && key != "owner" &&
           key != "tags";
}

}  // namespace

void merge_defaults(Node& pipeline) {
    const Entry* defaults = pipeline.find("defaults");
    Entry* tasks = pipeline.find("tasks");
    if (defaults == nullptr || tasks == nullptr || !defaults->value.is_map() || !tasks->value.is_map())
        return;
    for (Entry& task : tasks->value.entries) {
        Node& node = task.value;
        if (!node.is_map()) continue;
        std::set<std::string_view> own;
        for (const Entry& entry : node.entries) own.insert(entry.key);
        const bool own_pool = own.contains("runs_on"), own_workers = own.contains("workers");
        std::vector<Entry> added;
        for (const Entry& entry : defaults->value.entries) {
            // Workers of one's own and those of pools are two answers to one question: the task's replaces
            // the default.
            if (own.contains(entry.key) || (own_pool && is_worker_key(entry.key)) ||
                (own_workers && entry.key == "runs_on"))
                continue;
            added.push_back(entry);
            added.back().value.is_default = true;
        }
        node.entries.insert(node.entries.end(), added.begin(), added.end());
    }
}

models::Pipeline read_pipeline(Reading& reading, const Entry& element) {
    models::Pipeline pipeline;
    pipeline.name = element.key;
    MapReader map(reading, element.value, "pipeline", element.place);
    if (const Node* schedule = map.scalar("schedule"))
        reading.guarded(*schedule, [&] { pipeline.schedule = read_schedule(schedule->text); });
    else if (const Node* other = map.find("schedule");
             other != nullptr && !other->is_scalar() && other->find("cron") != nullptr)
        reading.error(*other, "a schedule is one text", "write 'schedule: cron 5 * * * *'");
    map.flag("catchup", pipeline.catchup);
    map.count("max_active_runs", pipeline.max_active_runs, 1);
    map.count("max_active_tasks", pipeline.max_active_tasks, 1);
    map.duration("timeout", pipeline.timeout);
    read_description(map, pipeline.description);
    if (const Node* defaults = map.find("defaults"); defaults != nullptr && !defaults->is_map())
        MapReader(reading, *defaults, "task", element.place);
    const Node* tasks = map.find("tasks");
    if (tasks == nullptr) return pipeline;
    if (!tasks->is_map()) {
        reading.error(*tasks, fmt::format("'tasks' takes a map, not {}", shown(*tasks)),
                      "each task by its name: 'tasks: {extract: {...}, load: {...}}'");
        return pipeline;
    }
    if (tasks->entries.empty())
        reading.error(*tasks, fmt::format("pipeline '{}' has no tasks", pipeline.name),
                      "add one, such as 'extract: {workers: 1, service: 5min}'");
    for (const Entry& task : tasks->entries)
        if (require_declared_name(reading.out, task.key, task.place))
            pipeline.tasks.push_back(read_task(reading, task));
    return pipeline;
}

}  // namespace understudy::formats
