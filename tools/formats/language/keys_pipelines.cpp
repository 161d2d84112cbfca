// Keys of pipelines and tasks.
#include "tools/formats/language/keys_rows.h"

namespace understudy::formats::rows {

std::vector<Key> worker_keys();
std::vector<Key> work_keys();

namespace {

std::vector<Key> task_keys() {
    return join(
        join(
            {
                key("after", Takes::names, "Tasks that come first",
                    {.standard = "none", .example = "[extract]"}),
                key("trigger_rule", Takes::special,
                    "When it runs, by how those ended: all_success, all_done, one_success, none_failed, "
                    "quorum N",
                    {.standard = "all_success", .example = "all_done"}),
                key("rest", Takes::choice, "The others, once it may run",
                    {.detail = "ignore cancel", .standard = "ignore"}),
                key("reads", Takes::special, "Datasets it reads at rest: what is new, or all",
                    {.example = "{orders: new}"}),
                key("writes", Takes::names, "Datasets it writes", {.example = "revenue"}),
                key("waits_for", Takes::condition, "A sensor: waits for this", {.example = "updated orders"}),
                key("poke", Takes::duration, "How often a sensor looks", {.standard = "1min"}),
                key("mode", Takes::choice, "Whether a sensor keeps its workers between its looks",
                    {.detail = "poke reschedule", .standard = "reschedule"}),
                key("expand", Takes::count, "So many instances, all must end",
                    {.standard = "1", .example = "6"}),
                key("not_before", Takes::duration, "Starts no earlier than this after the scheduled time",
                    {.example = "10min"}),
                key("delay", Takes::law_duration, "From ready to submitted", {.example = "2s"}),
                key("worker", Takes::text, "The worker it ran on, for placement: recorded",
                    {.example = "node17"}),
                key("holds_until", Takes::name,
                    "Keeps what was seized until that task has ended, or the run: exit",
                    {.example = "publish"}),
                key("dead_letter", Takes::name, "Stream for what failed for good",
                    {.standard = "counted lost", .example = "parked"}),
                key("emits", Takes::map, "What comes out of what it has read",
                    {.detail = "emits", .standard = "as it came", .example = "{records: 92%}"}),
            },
            work_keys()),
        join(worker_keys(), common_keys()));
}

}  // namespace

std::vector<KeyPlace> pipeline_places() {
    return {
        {"pipeline", "a pipeline",
         join(
             {
                 key("schedule", Takes::schedule, "When it runs",
                     {.example = "daily at 05:00 Europe/Berlin", .required = true}),
                 key("catchup", Takes::flag, "Makes up for runs missed while paused", {.standard = "false"}),
                 key("max_active_runs", Takes::count_or_unlimited, "Runs at once", {.standard = "16"}),
                 key("max_active_tasks", Takes::count_or_unlimited, "Tasks at once, of all its runs",
                     {.standard = "unlimited"}),
                 key("timeout", Takes::duration, "A run's limit", {.example = "5h"}),
                 key("defaults", Takes::map, "Keys for every task; a task's own key replaces the whole value",
                     {.detail = "task"}),
                 key("tasks", Takes::map_of, "What it does", {.detail = "task", .required = true}),
             },
             common_keys())},
        {"task", "a task", task_keys()},
    };
}

}  // namespace understudy::formats::rows
