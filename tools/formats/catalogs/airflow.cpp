#include "tools/formats/catalogs/airflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "models/knowledge/owners.h"
#include "tools/formats/catalogs/airflow_drawing.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/cron_schedule.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/catalogs/schedule_guess.h"
#include "tools/formats/logs/delimited.h"
#include "tools/formats/logs/input.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/logs/missing_values.h"

namespace understudy::formats {

namespace fs = std::filesystem;

namespace {

/// Of several files that differ the first in order, whatever the order of files.
void keep_first(std::string& into, const std::string& text) {
    if (!text.empty() && (into.empty() || text < into)) into = text;
}
template <class Number>
void keep_first(std::optional<Number>& into, const std::optional<Number>& number) {
    if (number && (!into || *number < *into)) into = number;
}

struct AirflowTask {
    bool defined = false;  ///< not only named by another, or by an instance
    std::string owner, description, pool, trigger_rule;
    std::string seen_pool;  ///< of an instance: counts where no definition names one
    std::optional<std::int64_t> slots, seen_slots, retries;
    std::optional<double> retry_delay;
    std::set<std::string> after, tags, unused;
};

struct AirflowDag {
    std::string description, schedule, zone, other_timetable;
    bool is_paused = false;
    std::set<std::string> owners, tags;
    std::optional<std::int64_t> max_active_runs, max_active_tasks;
    std::map<std::string, AirflowTask> tasks;
    bool drawn = false, told = false;  ///< as a picture; by a definition
};

/// One try of one instance.
struct AirflowTry {
    std::string dag, run, task;
    std::int64_t map_index = -1, number = 1;
    std::string state;
    std::optional<std::int64_t> start, end, due;
    auto operator<=>(const AirflowTry&) const = default;
};

/// Of "scheduled__2026-03-09T05:00:00+00:00" the instant.
std::optional<std::int64_t> due_of(std::string_view run) {
    constexpr std::string_view begin = "scheduled__";
    return run.starts_with(begin) ? date_instant(run.substr(begin.size())) : std::nullopt;
}

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

// ---- of dag-factory

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

struct AirflowExports::State {
    std::map<std::string, AirflowDag> dags;
    /// Tasks of DAGs that their files do not name, with the file's.
    std::map<std::string, std::map<std::string, AirflowTask>> nameless;
    std::map<std::string, std::pair<std::string, std::int64_t>> pools;  ///< description, slots
    std::set<AirflowTry> tries;
    std::set<std::string> unused;

    void read_task(std::map<std::string, AirflowTask>& tasks, const JsonValue& wrapped,
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
            if (const std::string word = text_of(object, key); !word.empty())
                task.tags.insert(plain_word(word));
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

    void read_dag(const JsonValue& object) {
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

    static std::string first_text(const JsonValue& object, std::initializer_list<const char*> keys) {
        for (const char* key : keys)
            if (std::string text = text_of(object, key); !text.empty()) return text;
        return "";
    }

    void read_instance(const JsonValue& object) {
        AirflowTry one;
        one.dag = text_of(object, "dag_id");
        one.run = first_text(object, {"dag_run_id", "run_id", "execution_date", "logical_date"});
        one.task = text_of(object, "task_id");
        if (one.dag.empty() || one.task.empty()) return;
        one.map_index = static_cast<std::int64_t>(airflow_number(member(object, "map_index")).value_or(-1));
        one.number = whole_count(airflow_number(member(object, "try_number"))).value_or(1);
        one.state = plain_word(raw_text(object, "state"));
        one.start = date_instant(raw_text(object, "start_date"));
        one.end = date_instant(raw_text(object, "end_date"));
        one.due = date_instant(raw_text(object, "logical_date"));
        if (!one.due) one.due = date_instant(raw_text(object, "execution_date"));
        take(std::move(one), text_of(object, "pool"), airflow_number(member(object, "pool_slots")),
             first_text(object, {"operator", "operator_name"}));
    }

    void take(AirflowTry one, const std::string& pool, std::optional<double> slots, const std::string& kind) {
        if (!one.due) one.due = due_of(one.run);
        AirflowTask& task = dags[one.dag].tasks[one.task];
        keep_first(task.seen_pool, pool);
        keep_first(task.seen_slots, whole_count(slots));
        if (!kind.empty()) task.tags.insert(plain_word(kind));
        tries.insert(std::move(one));
    }

    // ---- to a catalog

    /// Definitions without a name are of the one DAG whose instances are all of their tasks; where there is but one such
    /// answer, and one DAG that has no task, they are of that; else of one that is called as their file.
    void name_the_nameless(Catalog& catalog) {
        const bool one_answer = nameless.size() == 1;
        for (auto& [file, tasks] : nameless) {
            std::vector<std::string> fitting, without;
            for (const auto& [id, dag] : dags) {
                if (dag.tasks.empty())
                    without.push_back(id);
                else if (std::none_of(dag.tasks.begin(), dag.tasks.end(),
                                      [](const auto& task) { return task.second.defined; }) &&
                         std::all_of(dag.tasks.begin(), dag.tasks.end(),
                                     [&](const auto& task) { return tasks.contains(task.first); }))
                    fitting.push_back(id);
            }
            std::string id = file;
            if (fitting.size() == 1) {
                id = fitting.front();
                catalog.assumed.push_back(fmt::format(
                    "the tasks of '{}' are those of the DAG '{}', whose instances they fit", file, id));
            } else if (fitting.empty() && one_answer && without.size() == 1) {
                id = without.front();
                catalog.assumed.push_back(fmt::format(
                    "the tasks of '{}' are those of the DAG '{}', of which no other file has any", file, id));
            } else {
                catalog.assumed.push_back(
                    fmt::format("the tasks of '{}' name no DAG: it is called as the file", file));
            }
            for (auto& [task_id, task] : tasks) {
                dags[id].told = true;
                AirflowTask& into = dags[id].tasks[task_id];
                into.defined = into.defined || task.defined;
                for (auto text : {&AirflowTask::owner, &AirflowTask::description, &AirflowTask::pool,
                                  &AirflowTask::trigger_rule})
                    keep_first(into.*text, task.*text);
                keep_first(into.slots, task.slots);
                keep_first(into.retries, task.retries);
                keep_first(into.retry_delay, task.retry_delay);
                for (auto set : {&AirflowTask::after, &AirflowTask::tags, &AirflowTask::unused})
                    (into.*set).insert((task.*set).begin(), (task.*set).end());
            }
        }
        nameless.clear();
    }

    Catalog catalog(bool with_runs) {
        Catalog catalog;
        name_the_nameless(catalog);
        std::map<std::string, std::size_t> pool_numbers;
        std::size_t without_tasks = 0;
        std::map<std::string, std::size_t> unused_of_tasks;
        for (const auto& [id, dag] : dags) {
            if (dag.tasks.empty()) {
                ++without_tasks;
                continue;
            }
            if (dag.drawn && !dag.told)
                catalog.assumed.push_back(fmt::format(
                    "the DAG '{}' is only drawn: its tasks follow each other when all before have "
                    "succeeded, are not tried again and share no pool",
                    id));
            const std::size_t number = catalog.pipelines.size();
            catalog.pipelines.push_back(pipeline(id, dag, catalog));
            std::map<std::string, std::size_t> jobs;
            for (const auto& [task_id, task] : dag.tasks) {
                jobs.emplace(task_id, catalog.jobs.size());
                places_.emplace(std::pair(id, task_id), catalog.jobs.size());
                CatalogJob job;
                job.source = CatalogSource::airflow;
                job.pipeline = number;
                job.label = clean_label(id + "." + task_id);
                job.title = task_id;
                job.owner = task.owner;
                job.description = task.description;
                job.tags.assign(task.tags.begin(), task.tags.end());
                job.has_order = task.defined;
                job.may_retry = task.retries;
                job.retry_delay = task.retry_delay.value_or(0);
                const std::string rule = plain_word(task.trigger_rule);
                if (is_trigger_rule(rule))
                    job.trigger_rule = rule == "all_success" ? "" : rule;
                else if (!rule.empty())
                    ++unused_of_tasks["trigger_rule " + rule];
                for (const std::string& key : task.unused) ++unused_of_tasks[key];
                // What all tasks are in that name none is their DAG's own, as long as nobody says how large it is.
                const bool seen = task.pool.empty();
                const std::string said = seen ? task.seen_pool : task.pool;
                const std::string pool = said.empty() ? airflow_default_pool : said;
                if (pool != airflow_default_pool || pools.contains(pool)) {
                    const auto [at, fresh] = pool_numbers.emplace(pool, catalog.pools.size());
                    if (fresh) catalog.pools.push_back(airflow_pool(pool));
                    job.pool = at->second;
                    job.pool_slots =
                        std::max<std::int64_t>(1, (seen ? task.seen_slots : task.slots).value_or(1));
                }
                catalog.jobs.push_back(std::move(job));
            }
            for (const auto& [task_id, task] : dag.tasks)
                for (const std::string& before : task.after)
                    if (const auto found = jobs.find(before); found != jobs.end()) {
                        catalog.jobs[jobs.at(task_id)].after.push_back(found->second);
                        ++catalog.counts.orders;
                    }
            catalog.counts.jobs += static_cast<std::int64_t>(dag.tasks.size());
        }
        for (const auto& [pool, number] : pool_numbers)
            if (const auto found = pools.find(pool); found != pools.end()) {
                catalog.pools[number].description = found->second.first;
                catalog.pools[number].workers = found->second.second;
            }
        describe_runs(catalog);
        if (with_runs) catalog.runs = each_run();
        if (without_tasks > 0)
            catalog.notes.push_back(
                fmt::format("{} DAG{} without a task {} left out: its tasks are in another file",
                            without_tasks, without_tasks == 1 ? "" : "s", without_tasks == 1 ? "is" : "are"));
        std::size_t idle = 0;
        for (const auto& [pool, about] : pools) idle += !pool_numbers.contains(pool);
        if (idle > 0)
            catalog.not_used.push_back(
                fmt::format("{} pool{} that no task is in", idle, idle == 1 ? "" : "s"));
        for (const auto& [key, count] : unused_of_tasks)
            catalog.not_used.push_back(fmt::format("{} of {} task{}", key, count, count == 1 ? "" : "s"));
        catalog.not_used.insert(catalog.not_used.end(), unused.begin(), unused.end());
        return catalog;
    }

    CatalogPipeline pipeline(const std::string& id, const AirflowDag& dag, Catalog& catalog) {
        CatalogPipeline pipeline;
        pipeline.source = CatalogSource::airflow;
        pipeline.label = clean_label(id);
        pipeline.title = id;
        pipeline.description = dag.description;
        pipeline.owner = models::owners_text({dag.owners.begin(), dag.owners.end()});
        pipeline.tags.assign(dag.tags.begin(), dag.tags.end());
        pipeline.max_active_runs = dag.max_active_runs.value_or(0);
        pipeline.max_active_tasks = dag.max_active_tasks.value_or(0);
        if (!dag.schedule.empty()) {
            const auto schedule = schedule_of_airflow(dag.schedule, dag.zone);
            if (schedule) {
                pipeline.schedule = schedule->text;
                pipeline.period = schedule->period;
            } else {
                catalog.not_used.push_back(fmt::format("schedule '{}' of {}{}", dag.schedule, id,
                                                       dag.zone.empty() ? "" : " in " + dag.zone));
            }
        } else if (!dag.other_timetable.empty()) {
            catalog.not_used.push_back(
                fmt::format("the {} of {}: it has no expression and no interval", dag.other_timetable, id));
        }
        if (dag.is_paused)
            catalog.not_used.push_back(
                fmt::format("that {} is paused: in the twin it runs as it is scheduled", id));
        return pipeline;
    }

    /// What instances say of their tasks, and of when their DAGs run.
    void describe_runs(Catalog& catalog) {
        std::map<std::size_t, std::vector<NominalTime>> due;
        std::map<std::pair<std::size_t, std::string>, std::vector<const AirflowTry*>> of_run;
        std::set<std::pair<std::string, std::string>>
            broken;  // runs that do not tell what is left out of choice
        for (const AirflowTry& one : tries) {
            const std::size_t job = places_.at({one.dag, one.task});
            if (airflow_outcome(one.state) == AirflowOutcome::failed || one.state == "upstream_failed")
                broken.emplace(one.dag, one.run);
            of_run[{job, one.run}].push_back(&one);
            if (one.due) due[catalog.jobs[job].pipeline].push_back({*one.due, 0});
        }
        std::int64_t skipped = 0, unknown = 0, earlier = 0, unfinished = 0;
        std::map<std::size_t, std::pair<std::size_t, std::size_t>> instances;
        for (const auto& [key, all] : of_run) {
            CatalogJob& job = catalog.jobs[key.first];
            std::map<std::int64_t, std::vector<const AirflowTry*>> mapped;
            for (const AirflowTry* one : all)
                if (airflow_outcome(one->state) == AirflowOutcome::never)
                    ++skipped;
                else
                    mapped[one->map_index].push_back(one);
            if (!broken.contains({all.front()->dag, key.second})) {
                ++job.runs_of_pipeline;
                job.present_in += !mapped.empty();
            }
            if (mapped.empty()) continue;
            std::optional<std::int64_t> start, end;
            bool failed = false, complete = true;
            for (auto& [index, of_index] : mapped) {
                std::sort(of_index.begin(), of_index.end(), [](const AirflowTry* a, const AirflowTry* b) {
                    return std::tie(a->number, a->start) < std::tie(b->number, b->start);
                });
                std::int64_t again = 0;
                for (std::size_t k = 0; k < of_index.size(); ++k) {
                    const AirflowTry& one = *of_index[k];
                    const bool last = k + 1 == of_index.size();
                    // Before another try it has failed, whatever its state says.
                    const AirflowOutcome outcome = last ? airflow_outcome(one.state) : AirflowOutcome::failed;
                    unknown += outcome == AirflowOutcome::unknown;
                    unfinished += outcome == AirflowOutcome::open;
                    ++catalog.counts.runs;
                    catalog.counts.failed_runs += outcome == AirflowOutcome::failed;
                    const bool usable = one.start && one.end && *one.end >= *one.start &&
                                        outcome != AirflowOutcome::unknown && outcome != AirflowOutcome::open;
                    catalog.counts.usable_durations += usable;
                    catalog.counts.runs_without_both += !one.start && !one.end;
                    catalog.counts.runs_without_start += !one.start && one.end;
                    catalog.counts.runs_without_end += one.start && !one.end;
                    catalog.counts.runs_that_end_before_they_start +=
                        one.start && one.end && *one.end < *one.start;
                    if (outcome == AirflowOutcome::failed && !last) {
                        ++job.failed;
                        job.retries = std::max(job.retries, ++again);
                        if (usable) job.failed_durations.push_back(seconds(*one.end - *one.start));
                        if (one.end && of_index[k + 1]->start && *of_index[k + 1]->start > *one.end)
                            pauses_[key.first].push_back(seconds(*of_index[k + 1]->start - *one.end));
                        continue;
                    }
                    if (of_index.front()->number > 1) ++earlier;
                    failed = failed || outcome == AirflowOutcome::failed;
                    complete = complete && usable;
                    if (!usable) continue;
                    start = std::min(start.value_or(*one.start), *one.start);
                    end = std::max(end.value_or(*one.end), *one.end);
                }
            }
            const bool ended = std::all_of(mapped.begin(), mapped.end(), [](const auto& one) {
                const AirflowOutcome outcome = airflow_outcome(one.second.back()->state);
                return outcome == AirflowOutcome::completed || outcome == AirflowOutcome::failed;
            });
            if (!ended) continue;
            (failed ? job.failed : job.completed) += 1;
            job.given_up += failed && job.retries > 0;
            if (complete && start)
                (failed ? job.failed_durations : job.durations).push_back(seconds(*end - *start));
            instances[key.first].first += mapped.size();
            instances[key.first].second += 1;
        }
        for (const auto& [job, count] : instances)
            catalog.jobs[job].instances =
                static_cast<double>(count.first) / static_cast<double>(count.second);
        for (const auto& [job, pauses] : pauses_) {
            double sum = 0;
            for (const double pause : pauses) sum += pause;
            catalog.jobs[job].backoff = sum / static_cast<double>(pauses.size());
        }
        for (CatalogJob& job : catalog.jobs) {
            std::sort(job.durations.begin(), job.durations.end());
            std::sort(job.failed_durations.begin(), job.failed_durations.end());
            std::sort(job.after.begin(), job.after.end());
        }
        for (auto& [number, times] : due) {
            CatalogPipeline& pipeline = catalog.pipelines[number];
            std::sort(times.begin(), times.end());
            times.erase(std::unique(times.begin(), times.end()), times.end());
            pipeline.first_ns = times.front().instant;
            if (!pipeline.schedule.empty()) continue;
            if (const auto schedule = regular_schedule(times)) {
                pipeline.schedule = schedule->text;
                pipeline.period = schedule->period;
                pipeline.first_ns = schedule->first;
                catalog.assumed.push_back(fmt::format(
                    "{} runs as its recorded runs were due: no file says its schedule", pipeline.label));
            }
        }
        const auto say = [&](std::int64_t count, const char* one, const char* several) {
            if (count > 0) catalog.notes.push_back(fmt::format("{} {}", count, count == 1 ? one : several));
        };
        say(skipped, "instance never ran (skipped, upstream_failed, removed)",
            "instances never ran (skipped, upstream_failed, removed)");
        say(unfinished, "instance has not ended: its duration is not known",
            "instances have not ended: their durations are not known");
        say(unknown, "instance has a state that is not known, and is left out",
            "instances have a state that is not known, and are left out");
        say(earlier,
            "instance was tried before, and only its later tries are there: those before are not counted",
            "instances were tried before, and only their later tries are there: those before are not "
            "counted");
    }

    std::vector<CatalogRun> each_run() const {
        std::vector<CatalogRun> all;
        // By task and run of its DAG, with its instance and number.
        std::map<std::tuple<std::string, std::string, std::string>,
                 std::map<std::pair<std::int64_t, std::int64_t>, const AirflowTry*>>
            of_run;
        for (const AirflowTry& one : tries)
            if (airflow_outcome(one.state) != AirflowOutcome::never)
                of_run[{one.dag, one.task, one.run}][{one.map_index, one.number}] = &one;
        for (const auto& [key, list] : of_run) {
            const bool mapped = list.begin()->first.first != list.rbegin()->first.first;
            std::optional<CatalogRun> whole;
            for (auto at = list.begin(); at != list.end(); ++at) {
                const AirflowTry& one = *at->second;
                const auto next = std::next(at);
                const bool last = next == list.end() || next->first.first != at->first.first;
                const AirflowOutcome outcome = last ? airflow_outcome(one.state) : AirflowOutcome::failed;
                if (outcome == AirflowOutcome::unknown) continue;
                CatalogRun run;
                run.job = clean_label(one.dag + "." + one.task);
                run.title = one.task;
                run.pipeline = clean_label(one.dag);
                run.parent = clean_label(one.dag + " " + one.run);
                run.id = fmt::format("{} {} {}", run.parent, one.task, one.number);
                run.start = one.start;
                if (outcome != AirflowOutcome::open) run.end = one.end;
                run.nominal = one.due;
                run.attempt = static_cast<int>(std::max<std::int64_t>(1, one.number));
                run.failed = outcome == AirflowOutcome::failed;
                if (!mapped) {
                    all.push_back(std::move(run));
                    continue;
                }
                // What was tried again is within the time of the whole, and no failure of it.
                run.failed = run.failed && last;
                if (!whole) {
                    whole = std::move(run);
                    whole->attempt = 1;
                    continue;
                }
                if (run.start) whole->start = std::min(whole->start.value_or(*run.start), *run.start);
                whole->end =
                    whole->end && run.end ? std::optional(std::max(*whole->end, *run.end)) : std::nullopt;
                whole->failed = whole->failed || run.failed;
            }
            if (whole) all.push_back(std::move(*whole));
        }
        return all;
    }

    static double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

    std::map<std::pair<std::string, std::string>, std::size_t> places_;  ///< of jobs, by DAG and task
    std::map<std::size_t, std::vector<double>> pauses_;  ///< of jobs: from a failure to the next try
};

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
        for (const char* column : {"run_id", "dag_run_id", "logical_date", "execution_date"})
            if (one.run.empty()) one.run = clean_text(text(column));
        if (one.dag.empty() || one.task.empty()) {
            problems.add(table.file(), rows.line(), "lacks dag_id or task_id");
            continue;
        }
        one.map_index = static_cast<std::int64_t>(log_number(text("map_index")).value_or(-1));
        one.number = whole_count(log_number(text("try_number"))).value_or(1);
        one.state = plain_word(text("state"));
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

bool AirflowExports::looks_like_answer_of_instances(std::string_view head) {
    return trimmed(head).substr(0, 1) == "{" && head.find("\"task_instances\"") != std::string_view::npos;
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
