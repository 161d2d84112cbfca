#include <fmt/format.h>

#include <algorithm>

#include "models/knowledge/owners.h"
#include "tools/formats/catalogs/airflow_state.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

void AirflowExports::State::name_the_nameless(Catalog& catalog) {
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

Catalog AirflowExports::State::catalog(bool with_runs) {
    Catalog catalog;
    find_runs_of_instances();
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
            catalog.assumed.push_back(
                fmt::format("the DAG '{}' is only drawn: its tasks follow each other when all before have "
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
                job.pool_slots = std::max<std::int64_t>(1, (seen ? task.seen_slots : task.slots).value_or(1));
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
            fmt::format("{} DAG{} without a task {} left out: its tasks are in another file", without_tasks,
                        without_tasks == 1 ? "" : "s", without_tasks == 1 ? "is" : "are"));
    std::size_t idle = 0;
    for (const auto& [pool, about] : pools) idle += !pool_numbers.contains(pool);
    if (idle > 0)
        catalog.not_used.push_back(fmt::format("{} pool{} that no task is in", idle, idle == 1 ? "" : "s"));
    for (const auto& [key, count] : unused_of_tasks)
        catalog.not_used.push_back(fmt::format("{} of {} task{}", key, count, count == 1 ? "" : "s"));
    if (!runs.empty())
        catalog.not_used.push_back(
            fmt::format("when {} run{} of DAGs began and ended: instances tell how long tasks take",
                        runs.size(), runs.size() == 1 ? "" : "s"));
    catalog.not_used.insert(catalog.not_used.end(), unused.begin(), unused.end());
    return catalog;
}

CatalogPipeline AirflowExports::State::pipeline(const std::string& id, const AirflowDag& dag,
                                                Catalog& catalog) {
    CatalogPipeline pipeline;
    pipeline.source = CatalogSource::airflow;
    pipeline.label = clean_label(id);
    pipeline.title = id;
    pipeline.description = dag.description;
    pipeline.owner = models::owners_text({dag.owners.begin(), dag.owners.end()});
    pipeline.tags.assign(dag.tags.begin(), dag.tags.end());
    // Wherever tasks are defined, all of the DAG are.
    pipeline.has_all =
        std::any_of(dag.tasks.begin(), dag.tasks.end(), [](const auto& task) { return task.second.defined; });
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

}  // namespace understudy::formats
