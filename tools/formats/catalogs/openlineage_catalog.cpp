// What was read of lineage events as a catalog: datasets, jobs below their parents, and their order.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "models/listed.h"
#include "tools/formats/catalogs/airflow_values.h"
#include "tools/formats/catalogs/openlineage_state.h"
#include "tools/formats/catalogs/schedule_guess.h"

namespace understudy::formats {

namespace {

/// Numbers in the order of labels, and where each record has gone.
template <class Records>
std::vector<std::uint32_t> order_by_label(const Records& records, std::vector<std::uint32_t>& place) {
    std::vector<std::uint32_t> order(records.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return records[a].label < records[b].label; });
    place.resize(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    return order;
}

/// What the runs of one job say.
struct JobRuns {
    std::vector<std::uint32_t> runs;
    std::vector<NominalTime> nominal;
    std::int64_t usable = 0, failed = 0, without_start = 0, without_end = 0, without_both = 0, backwards = 0,
                 failed_before = 0;
};

/// "3 runs have no START: a (2), b (1)": the jobs with most first.
void note_runs(Catalog& catalog, const std::vector<std::pair<std::string, std::int64_t>>& by_job,
               const std::string& what) {
    std::int64_t total = 0;
    for (const auto& [label, count] : by_job) total += count;
    if (total == 0) return;
    auto most = by_job;
    std::erase_if(most, [](const auto& one) { return one.second == 0; });
    std::stable_sort(most.begin(), most.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    const auto counted = [](const auto& one) { return fmt::format("{} ({})", one.first, one.second); };
    catalog.notes.push_back(fmt::format("{} run{} {}: {}", total, total == 1 ? "" : "s", what,
                                        models::listed(most, 5, "jobs", counted)));
}

}  // namespace

/// For each dataset the one that it is: another, where exactly one other names it in its symlinks.
std::vector<std::uint32_t> OpenLineageEvents::State::same_datasets() const {
    std::vector<std::uint32_t> same(datasets.size());
    std::unordered_map<std::string_view, std::uint32_t> by_label;
    for (std::uint32_t i = 0; i < datasets.size(); ++i) {
        same[i] = i;
        by_label.emplace(datasets[i].label, i);
    }
    std::map<std::uint32_t, std::set<std::uint32_t>> named_by;
    for (std::uint32_t i = 0; i < datasets.size(); ++i)
        for (const std::string& alias : datasets[i].aliases)
            if (const auto found = by_label.find(alias); found != by_label.end() && found->second != i)
                named_by[found->second].insert(i);
    for (const auto& [alias, by] : named_by) {
        const std::uint32_t one = *by.begin();
        // Of two that name each other, the first by label.
        const auto back = named_by.find(one);
        const bool mutual = back != named_by.end() && back->second.contains(alias);
        if (by.size() == 1 && (!mutual || datasets[one].label < datasets[alias].label)) same[alias] = one;
    }
    for (std::uint32_t& one : same)
        for (std::size_t steps = 0; same[one] != one && steps < same.size(); ++steps) one = same[one];
    return same;
}

/// The topmost job, and the first with events right below it on the way; in a circle the first by label is the top.
OpenLineageEvents::State::Place OpenLineageEvents::State::place_under(std::uint32_t start,
                                                                      std::uint32_t parent,
                                                                      std::size_t& circles) const {
    std::set<std::uint32_t> way = {start};
    std::uint32_t at = start, under = start;
    for (std::uint32_t next = parent;; next = jobs[at].parent.value.second) {
        if (!way.insert(next).second) {
            ++circles;
            at = *std::min_element(way.begin(), way.end(), [&](std::uint32_t a, std::uint32_t b) {
                return jobs[a].label < jobs[b].label;
            });
            return {at, start};
        }
        if (jobs[at].has_events) under = at;
        at = next;
        if (!jobs[at].parent.said) return {at, under};
    }
}

/// The schedules of DAGs: what a scheduler was told goes before what instants look like.
void OpenLineageEvents::State::schedule_as_told(Catalog& catalog, const std::vector<std::uint32_t>& tops) {
    std::set<std::uint32_t> used;
    for (std::size_t i = 0; i < tops.size(); ++i) {
        if (tops[i] == nobody || !jobs[tops[i]].schedule.said) continue;
        used.insert(tops[i]);
        const auto& [text, zone] = jobs[tops[i]].schedule.value;
        CatalogPipeline& pipeline = catalog.pipelines[i];
        if (const auto schedule = schedule_of_airflow(text, zone)) {
            pipeline.schedule = schedule->text;
            pipeline.period = schedule->period;
        } else {
            catalog.not_used.push_back(fmt::format("schedule '{}' of {}{}", text, pipeline.label,
                                                   zone.empty() ? "" : " in " + zone));
        }
    }
    std::size_t others = 0;
    for (std::uint32_t number = 0; number < jobs.size(); ++number)
        others += jobs[number].schedule.said && !used.contains(number);
    if (others > 0)
        catalog.not_used.push_back(
            fmt::format("schedule{} of {} DAG{} whose tasks name {} not as their parent",
                        others == 1 ? "" : "s", others, others == 1 ? "" : "s", others == 1 ? "it" : "them"));
}

Catalog OpenLineageEvents::State::catalog() {
    Catalog catalog;
    catalog.counts = counts;
    // As the events tell them: what else is known of a run may come in another file.
    if (keeps_runs) catalog.runs = each_run();
    std::vector<std::uint32_t> dataset_place, job_place;
    auto dataset_order = order_by_label(datasets, dataset_place);
    const auto job_order = order_by_label(jobs, job_place);
    // What is known under two names is one, with what is said of either.
    const std::vector<std::uint32_t> stands_for = same_datasets();
    std::size_t linked = 0;
    for (std::uint32_t i = 0; i < datasets.size(); ++i) {
        const std::uint32_t into = stands_for[i];
        if (into == i) continue;
        ++linked;
        DatasetRecord &from = datasets[i], &to = datasets[into];
        if (from.schema.said) to.schema.offer(from.schema.time, std::move(from.schema.value));
        if (from.owner.said) to.owner.offer(from.owner.time, std::move(from.owner.value));
        if (from.description.said)
            to.description.offer(from.description.time, std::move(from.description.value));
        to.origins.take(from.origins);
        to.of_nothing.take(from.of_nothing);
        to.of_all.take(from.of_all);
        to.tests.insert(from.tests.begin(), from.tests.end());
        to.tags.take(from.tags);
    }
    std::erase_if(dataset_order, [&](std::uint32_t i) { return stands_for[i] != i; });
    for (std::uint32_t place = 0; place < dataset_order.size(); ++place)
        dataset_place[dataset_order[place]] = place;
    for (std::uint32_t i = 0; i < datasets.size(); ++i) dataset_place[i] = dataset_place[stands_for[i]];
    if (linked > 0)
        catalog.notes.push_back(
            fmt::format("{} dataset{} another one by its symlinks", linked, linked == 1 ? " is" : "s are"));

    std::size_t nested = 0;
    for (const std::uint32_t number : dataset_order) {
        DatasetRecord& record = datasets[number];
        CatalogDataset dataset;
        dataset.label = record.label;
        dataset.title = record.title;
        dataset.owner = record.owner.value;
        dataset.description = record.description.value;
        dataset.tags = record.tags.values();
        nested += record.nested;
        std::map<std::string, std::size_t> known;
        const auto column = [&](const std::string& name) -> CatalogColumn& {
            const auto [at, fresh] = known.emplace(name, dataset.columns.size());
            if (fresh) {
                dataset.columns.emplace_back();
                dataset.columns.back().name = name;
            }
            return dataset.columns[at->second];
        };
        for (const auto& [name, type] : record.schema.value) column(name).type = type;
        dataset.has_all_columns = !record.schema.value.empty();
        const auto origins = record.origins.values();
        for (const auto& [name, other, from] : origins)
            column(name).derives_from.push_back({dataset_place[other], from});
        for (const std::string& name : record.of_nothing.values()) column(name).of_nothing = true;
        // What rows there are depends on these, so each column does.
        for (const auto& [other, from] : record.of_all.values())
            for (CatalogColumn& one : dataset.columns)
                one.derives_from.push_back({dataset_place[other], from});
        for (CatalogColumn& one : dataset.columns) {
            std::sort(one.derives_from.begin(), one.derives_from.end());
            one.derives_from.erase(std::unique(one.derives_from.begin(), one.derives_from.end()),
                                   one.derives_from.end());
        }
        catalog.counts.columns += static_cast<std::int64_t>(dataset.columns.size());
        catalog.counts.column_origins += static_cast<std::int64_t>(origins.size());
        catalog.counts.tests += static_cast<std::int64_t>(record.tests.size());
        catalog.datasets.push_back(std::move(dataset));
    }
    catalog.counts.datasets = static_cast<std::int64_t>(catalog.datasets.size());

    std::vector<JobRuns> of_job(jobs.size());
    unite_renamed(catalog);
    for (std::uint32_t i = 0; i < runs.size(); ++i) {
        const RunRecord& run = runs[i];
        if (run.job == nobody) continue;
        JobRuns& all = of_job[run.job];
        const bool started = run.started(), ended = run.has_ended();
        all.runs.push_back(i);
        if (run.nominal != no_time) all.nominal.push_back({run.nominal, run.nominal_offset * kernel::minute});
        if (ended && run.ended != End::complete) ++all.failed;
        all.failed_before += run.has_failed && run.ended == End::complete;
        if (!started || !ended)
            ++(started ? all.without_end : ended ? all.without_start : all.without_both);
        else
            ++(run.end < run.start ? all.backwards : all.usable);
    }
    std::vector<std::pair<std::string, std::int64_t>> no_start, no_end, neither, backwards, failed_before;
    for (const std::uint32_t number : job_order) {
        JobRuns& all = of_job[number];
        CatalogCounts& c = catalog.counts;
        c.usable_durations += all.usable;
        c.runs_without_start += all.without_start;
        c.runs_without_end += all.without_end;
        c.runs_without_both += all.without_both;
        c.runs_that_end_before_they_start += all.backwards;
        c.failed_runs += all.failed;
        const std::string& label = jobs[number].label;
        no_start.emplace_back(label, all.without_start);
        no_end.emplace_back(label, all.without_end);
        neither.emplace_back(label, all.without_both);
        backwards.emplace_back(label, all.backwards);
        failed_before.emplace_back(label, all.failed_before);
        if (jobs[number].has_events)
            ++c.jobs;
        else
            c.parents += jobs[number].is_named;
    }
    note_runs(catalog, no_start, "ended without a START, so their durations are not known");
    note_runs(catalog, no_end, "started and did not end, so their durations are not known");
    note_runs(catalog, neither, "neither started nor ended");
    note_runs(catalog, backwards, "ended before they started: their times are not used");
    note_runs(catalog, failed_before,
              "failed and then completed under one id, which counts as completed, from the first start to "
              "the last end");

    // ---- who stands below whom
    for (JobRecord& job : jobs)
        if (!job.parent.said) job.parent = job.root;
    // The parents of each job: those of its runs, and the newest that was said.
    std::vector<std::set<std::uint32_t>> parents(jobs.size());
    std::vector<bool> is_parent(jobs.size());
    for (std::uint32_t number = 0; number < jobs.size(); ++number) {
        if (jobs[number].parent.said) parents[number].insert(jobs[number].parent.value.second);
        for (std::uint32_t last = nobody; const std::uint32_t run : of_job[number].runs)
            if (const std::uint32_t parent = runs[run].parent_job; parent != last && parent != nobody) {
                parents[number].insert(parent);
                last = parent;
            }
        for (const std::uint32_t parent : parents[number]) is_parent[parent] = true;
    }
    // The topmost job and the one below it on the way, for each parent; the runs that belong there.
    struct Stand {
        Place place;
        std::vector<std::uint32_t> runs;
    };
    std::vector<std::vector<Stand>> stands(jobs.size());
    std::size_t circles = 0, shared = 0;
    for (const std::uint32_t number : job_order) {
        std::map<std::uint32_t, std::size_t> of_parent;
        const auto stand_at = [&](Place place) {
            auto& all = stands[number];
            const auto there = std::find_if(all.begin(), all.end(), [&](const Stand& one) {
                return one.place.top == place.top && one.place.below == place.below;
            });
            const auto at = static_cast<std::size_t>(there - all.begin());
            if (there == all.end()) all.push_back({place, {}});
            return at;
        };
        if (!jobs[number].parent.said)
            stand_at({number, number});
        else  // the newest first: it has the runs that name none
            of_parent[jobs[number].parent.value.second] =
                stand_at(place_under(number, jobs[number].parent.value.second, circles));
        std::vector<std::uint32_t> more(parents[number].begin(), parents[number].end());
        std::sort(more.begin(), more.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return jobs[a].label < jobs[b].label; });
        for (const std::uint32_t parent : more)
            if (!of_parent.contains(parent))
                of_parent[parent] = stand_at(place_under(number, parent, circles));
        if (stands[number].size() == 1) {
            stands[number].front().runs = std::move(of_job[number].runs);
            continue;
        }
        for (const std::uint32_t run : of_job[number].runs) {
            const auto found = of_parent.find(runs[run].parent_job);
            stands[number][found == of_parent.end() ? 0 : found->second].runs.push_back(run);
        }
        of_job[number].runs = {};
        std::set<std::uint32_t> tops;
        for (const Stand& one : stands[number]) tops.insert(one.place.top);
        shared += tops.size() > 1;
    }
    if (circles > 0) catalog.notes.push_back(fmt::format("{} jobs are their own parents' parents", circles));
    if (shared > 0)
        catalog.notes.push_back(
            fmt::format("{} job{} below several parents: a task of each, with the runs there", shared,
                        shared == 1 ? " is" : "s are"));

    // ---- pipelines and their tasks
    std::map<std::pair<std::string, std::string>, std::size_t>
        pipelines;                                                      // label and, of single jobs, schedule
    std::map<std::pair<std::uint32_t, std::size_t>, std::size_t> task;  // by job and pipeline
    std::vector<std::vector<NominalTime>> nominal_of;
    std::vector<std::uint32_t> top_of_pipeline;
    std::vector<std::vector<std::uint32_t>> runs_of_task;
    std::map<std::string, std::size_t> pools;        // of Airflow, by name
    std::map<std::string, std::size_t> other_rules;  // that the language has none of
    std::size_t repeated = 0;
    const auto pipeline_at = [&](const std::string& label, const std::string& title,
                                 const std::string& schedule, std::uint32_t top) {
        const auto [at, fresh] = pipelines.emplace(std::pair(label, schedule), catalog.pipelines.size());
        if (fresh) {
            catalog.pipelines.emplace_back();
            catalog.pipelines.back().label = label;
            catalog.pipelines.back().title = title;
            catalog.pipelines.back().of_no_parent = top == nobody;
            nominal_of.emplace_back();
            top_of_pipeline.push_back(top);
        }
        return at->second;
    };
    const auto add_task = [&](std::uint32_t number, std::size_t pipeline, std::vector<std::uint32_t> list) {
        JobRecord& record = jobs[number];
        CatalogJob job;
        job.label = record.label;
        job.title = record.title;
        job.owner = record.owner.value;
        job.description = record.description.value;
        record.types.merge([&] {
            const auto tags = record.tags.values();
            return std::set<std::string>(tags.begin(), tags.end());
        }());
        job.tags.assign(record.types.begin(), record.types.end());
        job.pipeline = pipeline;
        job.has_order = record.has_order;
        if (record.retry.said) std::tie(job.may_retry, job.retry_delay) = record.retry.value;
        if (record.pool.said) {
            const auto& [pool, slots] = record.pool.value;
            const auto [at, fresh] = pools.emplace(pool, catalog.pools.size());
            if (fresh) {
                catalog.pools.push_back(airflow_pool(pool));
                catalog.pools.back().source = CatalogSource::openlineage;
            }
            job.pool = at->second;
            job.pool_slots = slots;
        }
        if (const std::string& rule = record.trigger_rule.value; is_trigger_rule(rule))
            job.trigger_rule = rule == "all_success" ? "" : rule;
        else if (!rule.empty())
            ++other_rules[rule];
        describe_runs(job, list, repeated);
        describe_volumes(job, list, dataset_place);
        task[{number, pipeline}] = catalog.jobs.size();
        catalog.jobs.push_back(std::move(job));
        for (const std::uint32_t run : list)
            if (runs[run].nominal != no_time)
                nominal_of[pipeline].push_back(
                    {runs[run].nominal, runs[run].nominal_offset * kernel::minute});
        runs_of_task.push_back(std::move(list));
    };
    std::int64_t deeper = 0;
    for (const std::uint32_t number : job_order) {
        JobRecord& record = jobs[number];
        for (Stand& stand : stands[number]) {
            const auto [top, below] = stand.place;
            if (top == number && is_parent[number]) {
                const std::size_t at = pipeline_at(record.label, record.title, "", number);
                catalog.pipelines[at].owner = record.owner.value;
                catalog.pipelines[at].description = record.description.value;
                nominal_of[at].insert(nominal_of[at].end(), of_job[number].nominal.begin(),
                                      of_job[number].nominal.end());
            } else if (top == number) {
                // Nobody has heard of it but another's list of what comes next.
                if (!record.has_events) continue;
                const auto own = regular_schedule(of_job[number].nominal);
                const std::size_t slash =
                    record.label.size() - std::min(record.label.size(), record.title.size());
                std::string space = record.label.substr(0, slash);
                while (!space.empty() && space.back() == '/') space.pop_back();
                if (space.empty()) space = "jobs";
                add_task(
                    number,
                    pipeline_at(own ? space + " " + own->text : space, space, own ? own->text : "", nobody),
                    std::move(stand.runs));
            } else if (below == number) {
                // One that only those below it name has no runs: they are the tasks.
                if (!record.has_events) continue;
                const JobRecord& parent = jobs[top];
                const std::size_t pipeline = pipeline_at(parent.label, parent.title, "", top);
                if (!task.contains({number, pipeline})) add_task(number, pipeline, std::move(stand.runs));
            } else {
                ++deeper;
            }
        }
    }
    if (deeper > 0)
        catalog.assumed.push_back(
            fmt::format("{} jobs further below are within the time of the job they belong to, which has "
                        "their reads and writes",
                        deeper));
    if (repeated > 0)
        catalog.assumed.push_back(
            fmt::format("{} job{} several runs in one run of {} pipeline: in the twin one each time, as long "
                        "as one of them",
                        repeated, repeated == 1 ? " has" : "s have", repeated == 1 ? "its" : "their"));
    count_pipeline_runs(catalog, runs_of_task, top_of_pipeline);
    // A parent that reads or writes by itself does so when all below it have ended.
    for (const std::uint32_t number : job_order)
        if (stands[number].front().place.top == number && is_parent[number] &&
            !(jobs[number].reads.empty() && jobs[number].writes.empty())) {
            const std::size_t pipeline = pipelines.at({jobs[number].label, ""});
            const std::size_t others = catalog.jobs.size();
            add_task(number, pipeline, {});
            for (std::size_t i = 0; i < others; ++i)
                if (catalog.jobs[i].pipeline == pipeline) catalog.jobs.back().after.push_back(i);
        }
    std::size_t across = 0;
    for (const std::uint32_t number : job_order) {
        const JobRecord& record = jobs[number];
        catalog.counts.edges += static_cast<std::int64_t>(record.reads.size() + record.writes.size());
        // What it comes after, through jobs that have no runs.
        std::set<std::uint32_t> before, met = {number};
        std::vector<std::uint32_t> open(record.after.begin(), record.after.end());
        while (!open.empty()) {
            const std::uint32_t at = open.back();
            open.pop_back();
            if (!met.insert(at).second) continue;
            if (jobs[at].has_events)
                before.insert(at);
            else
                open.insert(open.end(), jobs[at].after.begin(), jobs[at].after.end());
        }
        std::map<std::size_t, std::size_t> own;  // the task that does what it does, by pipeline
        for (auto at = task.lower_bound({number, 0}); at != task.end() && at->first.first == number; ++at)
            own.emplace(at->first.second, at->second);
        for (const Stand& stand : stands[number])
            if (const auto pipeline = pipelines.find({jobs[stand.place.top].label, ""});
                pipeline != pipelines.end())
                if (const auto above = task.find({stand.place.below, pipeline->second}); above != task.end())
                    own.emplace(pipeline->second, above->second);
        for (const std::uint32_t one : before)
            across += !own.empty() && std::none_of(own.begin(), own.end(), [&](const auto& mine) {
                return task.contains({one, mine.first});
            });
        for (const auto& [pipeline, which] : own) {
            CatalogJob& job = catalog.jobs[which];
            for (const std::uint32_t dataset : record.reads) job.reads.push_back(dataset_place[dataset]);
            for (const std::uint32_t dataset : record.writes) job.writes.push_back(dataset_place[dataset]);
            for (const std::uint32_t one : before)
                if (const auto other = task.find({one, pipeline});
                    other != task.end() && other->second != which)
                    job.after.push_back(other->second);
        }
    }
    for (CatalogJob& job : catalog.jobs)
        for (auto* list : {&job.reads, &job.writes, &job.after}) {
            std::sort(list->begin(), list->end());
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
    std::vector<std::vector<std::uint32_t>> own_runs;
    for (const std::uint32_t top : top_of_pipeline)
        own_runs.push_back(top == nobody ? std::vector<std::uint32_t>() : stands[top].front().runs);
    compare_with_own_runs(catalog, runs_of_task, own_runs);
    schedule_as_told(catalog, top_of_pipeline);
    for (std::size_t i = 0; i < catalog.pipelines.size(); ++i)
        if (!catalog.pipelines[i].schedule.empty() && !nominal_of[i].empty())
            catalog.pipelines[i].first_ns =
                std::min_element(nominal_of[i].begin(), nominal_of[i].end())->instant;
    if (without_zone > 0)
        catalog.assumed.push_back(fmt::format("the time of {} event{} is in UTC: {} no zone", without_zone,
                                              without_zone == 1 ? "" : "s",
                                              without_zone == 1 ? "it says" : "they say"));
    for (const auto& [rule, count] : other_rules)
        catalog.not_used.push_back(
            fmt::format("trigger rule {} of {} task{}", rule, count, count == 1 ? "" : "s"));
    std::int64_t irregular = 0, moving = 0, without_phase = 0;
    std::size_t outside = 0;
    for (std::size_t i = 0; i < catalog.pipelines.size(); ++i) {
        CatalogPipeline& pipeline = catalog.pipelines[i];
        auto& nominal = nominal_of[i];
        if (!pipeline.schedule.empty()) continue;
        std::sort(nominal.begin(), nominal.end());
        nominal.erase(std::unique(nominal.begin(), nominal.end()), nominal.end());
        if (const auto schedule = regular_schedule(nominal)) {
            pipeline.schedule = schedule->text;
            pipeline.period = schedule->period;
            pipeline.first_ns = schedule->first;
            outside += schedule->outside;
            moving += schedule->moves;
            without_phase += schedule->phase_is_lost;
        } else if (nominal.size() > 1) {
            ++irregular;
        }
    }
    if (outside > 0)
        catalog.assumed.push_back(fmt::format(
            "{} nominal time{} no schedule and {} left out: somebody may have started the run{}", outside,
            outside == 1 ? " follows" : "s follow", outside == 1 ? "is" : "are", outside == 1 ? "" : "s"));
    if (moving > 0)
        catalog.assumed.push_back(
            fmt::format("{} schedule{} a clock that was moved by an hour: which zone it is in no event says, "
                        "so {} in UTC as of "
                        "the newest run",
                        moving, moving == 1 ? " follows" : "s follow", moving == 1 ? "it is" : "they are"));
    if (without_phase > 0)
        catalog.assumed.push_back(
            fmt::format("{} schedule{} a period that divides no day: it counts from the start of the run, "
                        "and not from when "
                        "runs were due",
                        without_phase, without_phase == 1 ? " has" : "s have"));
    if (irregular > 0)
        catalog.notes.push_back(fmt::format(
            "{} pipeline{} nominal times that follow no schedule: fewer than three, or not regular",
            irregular, irregular == 1 ? " has" : "s have"));
    std::vector<bool> untold(catalog.pipelines.size());
    for (std::size_t i = 0; i < untold.size(); ++i)
        untold[i] = catalog.pipelines[i].schedule.empty() && nominal_of[i].empty();
    schedule_as_begun(catalog, untold, runs_of_task, own_runs);
    const auto say = [](std::vector<std::string>& lines, auto count, const char* one, const char* several) {
        if (count > 0) lines.push_back(fmt::format("{} {}", count, count == 1 ? one : several));
    };
    say(catalog.notes, dropped.size(), "dataset is dropped: who does that writes nothing",
        "datasets are dropped: who does that writes nothing");
    say(catalog.notes, renamed.size(), "dataset had another name before: both are in the twin",
        "datasets had other names before: each name is in the twin");
    say(catalog.not_used, nested, "field within a column, which is taken as a whole",
        "fields within columns, which are taken as a whole");
    say(catalog.not_used, tagged_columns.size(), "column with tags of its own",
        "columns with tags of their own");
    if (tagged_runs > 0) catalog.not_used.emplace_back("tags of runs");
    say(catalog.not_used, across, "order of a job behind one of another pipeline",
        "orders of jobs behind those of other pipelines");
    if (other_dependencies > 0)
        catalog.not_used.emplace_back("dependencies of jobs by another rule than FINISH_TO_START");
    if (volumes > 0)
        catalog.not_used.emplace_back("numbers of rows and files in statistics of inputs and outputs");
    if (metrics > 0) catalog.not_used.push_back("data quality metrics");
    if (catalog.counts.tests > 0)
        catalog.not_used.push_back("data quality assertions: counted, without effect on a run");
    return catalog;
}

}  // namespace understudy::formats
