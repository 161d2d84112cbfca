// The catalog of what artifacts of dbt have said: what runs, in which order, on what data, how it is tested and when it is
// tried again.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tools/formats/catalogs/dbt_state.h"
#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

bool same_word(std::string_view a, std::string_view b) { return plain_word(a) == plain_word(b); }

}  // namespace

void DbtArtifacts::State::choose_jobs(Catalog& catalog) {
    std::set<std::string> ran;
    for (const DbtRun& run : runs)
        for (const DbtNodeRun& one : run.nodes) ran.insert(one.id);
    if (empty_results > 0)
        catalog.notes.push_back(fmt::format("{} without any node: left out",
                                            empty_results == 1
                                                ? "results of a run are"
                                                : fmt::format("results of {} runs are", empty_results)));
    std::int64_t unknown = 0;
    for (const std::string& id : ran)
        if (!nodes.contains(id)) {
            DbtNode& node = nodes[id];
            node.id = id;
            node.kind = kind_of_id(id);
            node.name = node.is_test() ? std::string(id.substr(id.find('.') + 1)) : name_of_id(id);
            ++unknown;
        }
    if (unknown > 0 && has_manifest)
        catalog.notes.push_back(fmt::format(
            "{} nodes of the results are not in the manifest: what they read and write is not known",
            unknown));
    for (const auto& [id, node] : nodes) {
        const bool table = node.is_table() && node.kind != "source";
        if (node.kind == "operation") continue;
        if (runs.empty() ? table : ran.contains(id)) {
            job_of.emplace(id, jobs.size());
            jobs.push_back(&node);
        }
    }
}

void DbtArtifacts::State::add_datasets(Catalog& catalog) {
    std::map<std::string, std::string> id_of_label;
    for (const auto& [id, node] : nodes)
        if (node.is_table() && !node.label.empty()) id_of_label.emplace(node.label, id);
    for (const auto& [label, id] : id_of_label) {
        const DbtNode& node = nodes.at(id);
        CatalogDataset dataset;
        dataset.label = label;
        dataset.title = node.name;
        dataset.owner = node.owner;
        dataset.description = node.description;
        dataset.tags = node.tags;
        // A view, a table, what is added to: of seeds and snapshots it is what they are.
        if (node.kind == "model" && !node.materialised.empty())
            dataset.tags.push_back(std::string(materialised_tag) + node.materialised);
        dataset.source = CatalogSource::dbt;
        std::map<std::string, std::size_t> known;
        const auto add = [&](const DbtColumn& column) {
            const auto [at, fresh] = known.emplace(plain_word(column.name), dataset.columns.size());
            if (fresh) {
                dataset.columns.emplace_back();
                dataset.columns.back().name = column.name;
            }
            CatalogColumn& into = dataset.columns[at->second];
            if (!column.type.empty()) into.type = column.type;
            if (column.not_null) into.nullable = false;
        };
        for (const DbtColumn& column : node.columns) add(column);
        // What the warehouse has is what there is.
        if (const auto found = catalog_columns.find(id); found != catalog_columns.end())
            for (const DbtColumn& column : found->second) add(column);
        dataset.has_all_columns = catalog_columns.contains(id);
        catalog.counts.columns += static_cast<std::int64_t>(dataset.columns.size());
        dataset_of.emplace(id, catalog.datasets.size());
        catalog.datasets.push_back(std::move(dataset));
    }
    for (const auto& [id, node] : nodes)
        if (node.is_table() && !node.label.empty())
            dataset_of.emplace(id, dataset_of.at(id_of_label.at(node.label)));
    catalog.counts.datasets = static_cast<std::int64_t>(catalog.datasets.size());
}

void DbtArtifacts::State::add_tests(Catalog& catalog) {
    for (const auto& [id, node] : nodes) {
        if (!node.is_test()) continue;
        ++catalog.counts.tests;
        const std::string& on = !node.attached_to.empty() ? node.attached_to
                                : node.needs.size() == 1  ? node.needs.front()
                                                          : node.attached_to;
        const auto dataset = dataset_of.find(on);
        if (dataset == dataset_of.end() || node.test_column.empty()) continue;
        for (CatalogColumn& column : catalog.datasets[dataset->second].columns) {
            if (!same_word(column.name, node.test_column)) continue;
            if (node.test == "not_null") column.nullable = false;
            if (node.test == "unique") column.unique = true;
            if (node.test == "accepted_values" && column.values.empty()) column.values = node.test_values;
        }
    }
}

/// The tables that a node is made of, through what is no table of its own.
std::vector<std::string> DbtArtifacts::State::needs_of(const DbtNode& node) const {
    std::vector<std::string> result, open(node.needs.begin(), node.needs.end());
    std::set<std::string> met;
    while (!open.empty()) {
        const std::string id = std::move(open.back());
        open.pop_back();
        const auto found = nodes.find(id);
        if (!met.insert(id).second || found == nodes.end()) continue;
        if (found->second.is_table())
            result.push_back(id);
        else
            open.insert(open.end(), found->second.needs.begin(), found->second.needs.end());
    }
    std::sort(result.begin(), result.end());
    return result;
}

void DbtArtifacts::State::add_jobs(Catalog& catalog) {
    for (const DbtNode* node : jobs) {
        CatalogJob job;
        job.label = node->id;
        job.title = node->name;
        job.owner = node->owner;
        job.tags = node->tags;
        job.source = CatalogSource::dbt;
        if (node->is_test()) job.tags.insert(job.tags.begin(), "test");
        // A unit test runs on rows of its own.
        for (const std::string& id : node->kind == "unit_test" ? std::vector<std::string>() : needs_of(*node))
            if (const auto found = dataset_of.find(id); found != dataset_of.end())
                job.reads.push_back(found->second);
        std::sort(job.reads.begin(), job.reads.end());
        job.reads.erase(std::unique(job.reads.begin(), job.reads.end()), job.reads.end());
        if (const auto found = dataset_of.find(node->id); found != dataset_of.end())
            job.writes.push_back(found->second);
        catalog.counts.edges += static_cast<std::int64_t>(job.reads.size() + job.writes.size());
        catalog.jobs.push_back(std::move(job));
    }
    catalog.counts.jobs = static_cast<std::int64_t>(catalog.jobs.size());
}

/// Who uses the data, as far as somebody has written it down: dashboards, notebooks, other teams.
void DbtArtifacts::State::add_exposures(Catalog& catalog) const {
    for (const auto& [id, exposure] : exposures) {
        CatalogJob job;
        job.source = CatalogSource::dbt;
        job.is_use = true;
        job.label = id;
        job.title = exposure.name;
        job.owner = exposure.owner;
        job.description = exposure.description;
        job.tags = exposure.tags;
        for (const std::string& table : needs_of(exposure))
            if (const auto found = dataset_of.find(table); found != dataset_of.end())
                job.reads.push_back(found->second);
        std::sort(job.reads.begin(), job.reads.end());
        job.reads.erase(std::unique(job.reads.begin(), job.reads.end()), job.reads.end());
        catalog.there.push_back(id);
        catalog.jobs.push_back(std::move(job));
    }
    catalog.counts.exposures = static_cast<std::int64_t>(exposures.size());
    if (!exposures.empty())
        catalog.assumed.push_back(fmt::format(
            "{} no time and no workers: {} for who uses the data",
            exposures.size() == 1 ? "1 exposure takes" : fmt::format("{} exposures take", exposures.size()),
            exposures.size() == 1 ? "it stands" : "they stand"));
}

/// How old the data of a source may be before dbt calls it an error.
void DbtArtifacts::State::add_freshness(Catalog& catalog) const {
    for (const auto& [id, node] : nodes)
        if (const auto found = dataset_of.find(id); node.freshness > 0 && found != dataset_of.end())
            catalog.promises.push_back(
                {CatalogPromise::Metric::freshness, found->second, node.freshness, ""});
    std::sort(catalog.promises.begin(), catalog.promises.end());
    catalog.promises.erase(std::unique(catalog.promises.begin(), catalog.promises.end()),
                           catalog.promises.end());
    catalog.counts.promises = static_cast<std::int64_t>(catalog.promises.size());
}

void DbtArtifacts::State::add_runs(Catalog& catalog) {
    std::stable_sort(runs.begin(), runs.end(),
                     [](const DbtRun& a, const DbtRun& b) { return a.generated < b.generated; });
    CatalogPipeline& pipeline = catalog.pipelines.front();
    std::int64_t skipped = 0;
    for (const DbtRun& run : runs) {
        ++catalog.counts.runs;
        pipeline.workers = std::max(pipeline.workers, run.threads);
        std::vector<std::pair<std::int64_t, std::size_t>> starts;
        for (const DbtNodeRun& one : run.nodes) {
            const auto found = job_of.find(one.id);
            if (found == job_of.end()) continue;
            CatalogJob& job = catalog.jobs[found->second];
            const bool failed = one.has_failed();
            if (one.duration) {
                (failed ? job.failed_durations : job.durations).push_back(*one.duration);
                ++catalog.counts.usable_durations;
                ++(failed ? job.failed : job.completed);
                catalog.counts.failed_runs += failed;
            } else {
                ++skipped;
            }
            if (one.start != 0) starts.emplace_back(one.start, found->second);
        }
        // Of several runs the newest.
        std::sort(starts.begin(), starts.end());
        for (std::size_t i = 0; i < starts.size(); ++i) catalog.jobs[starts[i].second].rank = i;
    }
    for (CatalogJob& job : catalog.jobs) {
        std::sort(job.durations.begin(), job.durations.end());
        std::sort(job.failed_durations.begin(), job.failed_durations.end());
    }
    if (skipped > 0)
        catalog.notes.push_back(
            fmt::format("{} nodes were skipped or did nothing, and have no duration", skipped));
    if (runs.size() == 1 && runs.front().last > runs.front().first)
        pipeline.recorded_span = runs.front().last - runs.front().first;
    if (pipeline.workers > 0 && !runs.back().threads_are_given)
        catalog.assumed.push_back(fmt::format(
            "{} thread{}: as many as are named in the results, which do not say how many there were",
            pipeline.workers, pipeline.workers == 1 ? "" : "s"));
}

void DbtArtifacts::State::order_by_graph(Catalog& catalog) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (jobs[i]->kind == "unit_test") continue;  // see order_by_unit_tests()
        // Through nodes that did not run, as dbt's own selection of a part of the graph.
        std::vector<std::string> open(jobs[i]->needs.begin(), jobs[i]->needs.end());
        std::set<std::string> met;
        while (!open.empty()) {
            const std::string id = std::move(open.back());
            open.pop_back();
            if (!met.insert(id).second) continue;
            if (const auto job = job_of.find(id); job != job_of.end()) {
                if (job->second != i) catalog.jobs[i].after.push_back(job->second);
            } else if (const auto found = nodes.find(id); found != nodes.end()) {
                open.insert(open.end(), found->second.needs.begin(), found->second.needs.end());
            }
        }
    }
}

/// In a build a node waits for the tests of all that it is made of.
void DbtArtifacts::State::order_by_tests(Catalog& catalog) {
    const std::size_t count = jobs.size();
    std::vector<std::vector<std::size_t>> before(count), behind(count);
    for (std::size_t i = 0; i < count; ++i)
        for (const std::size_t k : catalog.jobs[i].after) {
            before[i].push_back(k);
            behind[k].push_back(i);
        }
    const auto reachable = [&](std::size_t from, const std::vector<std::vector<std::size_t>>& ways) {
        std::vector<bool> met(count);
        std::vector<std::size_t> open = {from};
        while (!open.empty()) {
            const std::size_t at = open.back();
            open.pop_back();
            for (const std::size_t next : ways[at])
                if (!met[next]) {
                    met[next] = true;
                    open.push_back(next);
                }
        }
        return met;
    };
    for (std::size_t test = 0; test < count; ++test) {
        if (jobs[test]->kind != "test" || before[test].empty()) continue;
        // Those made of everything that the test looks at.
        std::vector<std::size_t> hits(count);
        for (const std::size_t looked_at : before[test]) {
            const std::vector<bool> made_of_it = reachable(looked_at, behind);
            for (std::size_t i = 0; i < count; ++i) hits[i] += made_of_it[i];
        }
        const auto follows = [&](std::size_t i) {
            return !jobs[i]->is_test() && hits[i] == before[test].size();
        };
        for (std::size_t i = 0; i < count; ++i) {
            if (!follows(i)) continue;
            // Its own parents may follow already.
            const bool by_another = std::any_of(before[i].begin(), before[i].end(), follows);
            if (!by_another) catalog.jobs[i].after.push_back(test);
        }
    }
}

/// A unit test runs when what its model is made of is there, and the model after it.
void DbtArtifacts::State::order_by_unit_tests(Catalog& catalog) {
    std::map<std::size_t, std::vector<std::size_t>> of_model;
    for (std::size_t i = 0; i < jobs.size(); ++i)
        if (jobs[i]->kind == "unit_test")
            for (const std::string& id : jobs[i]->needs)
                if (const auto model = job_of.find(id); model != job_of.end())
                    of_model[model->second].push_back(i);
    for (const auto& [model, tests] : of_model)
        for (const std::size_t test : tests) {
            const auto& before = catalog.jobs[model].after;
            catalog.jobs[test].after.insert(catalog.jobs[test].after.end(), before.begin(), before.end());
        }
    for (const auto& [model, tests] : of_model)
        catalog.jobs[model].after.insert(catalog.jobs[model].after.end(), tests.begin(), tests.end());
}

/// What failed and was run again by `dbt retry`, which goes on with the run before it.
void DbtArtifacts::State::find_retries(Catalog& catalog) const {
    struct Tries {
        const DbtNodeRun* failed = nullptr;
        std::int64_t again = 0, pauses = 0;
        double pause = 0;
    };
    std::map<std::size_t, Tries> tries;
    for (const DbtRun& run : runs) {
        if (run.command != "retry")
            for (auto& [job, of] : tries) {
                catalog.jobs[job].given_up += of.failed != nullptr;
                of.failed = nullptr;
                of.again = 0;
            }
        for (const DbtNodeRun& one : run.nodes) {
            const auto found = job_of.find(one.id);
            if (found == job_of.end() || !one.duration) continue;
            Tries& of = tries[found->second];
            CatalogJob& job = catalog.jobs[found->second];
            if (of.failed != nullptr) {
                job.retries = std::max(job.retries, ++of.again);
                const double pause = kernel::to_seconds(one.start - of.failed->start) - *of.failed->duration;
                if (one.start != 0 && of.failed->start != 0 && pause >= 0) {
                    of.pause += pause;
                    ++of.pauses;
                }
            }
            of.failed = one.has_failed() ? &one : nullptr;
        }
    }
    for (const auto& [job, of] : tries) catalog.jobs[job].given_up += of.failed != nullptr;
    for (const auto& [job, of] : tries)
        if (of.pauses > 0) catalog.jobs[job].backoff = of.pause / static_cast<double>(of.pauses);
}

/// What a thread takes between two nodes, where the second one waited for nothing but the thread.
void DbtArtifacts::State::find_release(Catalog& catalog) const {
    if (runs.size() != 1) return;
    struct Span {
        std::int64_t start = 0, end = 0;
    };
    std::map<std::size_t, Span> spans;
    std::map<std::string, std::vector<std::pair<std::int64_t, std::size_t>>> of_thread;
    for (const DbtNodeRun& one : runs.front().nodes) {
        const auto job = job_of.find(one.id);
        if (job == job_of.end() || one.start == 0 || !one.duration) continue;
        spans[job->second] = {one.start, one.start + kernel::from_seconds(*one.duration)};
        of_thread[one.thread].emplace_back(one.start, job->second);
    }
    double sum = 0;
    std::int64_t count = 0;
    for (auto& [thread, jobs_of_it] : of_thread) {
        std::sort(jobs_of_it.begin(), jobs_of_it.end());
        for (std::size_t i = 1; i < jobs_of_it.size(); ++i) {
            const std::int64_t free = spans.at(jobs_of_it[i - 1].second).end;
            const auto& before = catalog.jobs[jobs_of_it[i].second].after;
            const bool ready = std::all_of(before.begin(), before.end(), [&](std::size_t k) {
                const auto span = spans.find(k);
                return span == spans.end() || span->second.end <= free;
            });
            const std::int64_t gap = jobs_of_it[i].first - free;
            if (!ready || gap > kernel::minute) continue;  // a minute is no reaction, but a pause
            sum += static_cast<double>(std::max<std::int64_t>(0, gap));
            ++count;
        }
    }
    // To the microsecond, which is what dbt writes.
    if (count > 0)
        catalog.pipelines.front().release =
            std::llround(sum / static_cast<double>(count) / 1e3) * kernel::microsecond;
}

/// Nodes that are nothing in the twin, by what they are.
void DbtArtifacts::State::tell_unused(Catalog& catalog) const {
    std::map<std::string, std::int64_t> others;
    std::int64_t idle_tests = 0;
    for (const auto& [id, node] : nodes) {
        if (job_of.contains(id) || node.is_table() || node.is_ephemeral()) continue;
        if (node.is_test())
            ++idle_tests;
        else
            ++others[node.kind];
    }
    for (const auto& [kind, count] : others) {
        std::string words = kind;
        std::replace(words.begin(), words.end(), '_', ' ');
        if (count > 1 && words.ends_with("query"))
            words.replace(words.size() - 1, 1, "ies");
        else if (count > 1 && words.ends_with("analysis"))
            words.replace(words.size() - 2, 1, "e");
        else if (count > 1)
            words += 's';
        const bool is_used =
            std::any_of(exposures.begin(), exposures.end(), [&, &kind = kind](const auto& one) {
                return std::any_of(one.second.needs.begin(), one.second.needs.end(),
                                   [&](const std::string& need) {
                                       const auto found = nodes.find(need);
                                       return found != nodes.end() && found->second.kind == kind;
                                   });
            });
        catalog.not_used.push_back(
            fmt::format("{} {}{}", count, words,
                        kind == "operation" ? " (hooks at the start and the end of a run)"
                        : is_used           ? ": who uses one is taken to use the tables behind it"
                                            : ""));
    }
    if (idle_tests > 0)
        catalog.not_used.push_back(
            fmt::format("{} test{}", idle_tests,
                        runs.empty() ? (idle_tests == 1 ? ": without results of a run it is no task"
                                                        : "s: without results of a run they are no tasks")
                                     : (idle_tests == 1 ? " that did not run in what was recorded"
                                                        : "s that did not run in what was recorded")));
}

Catalog DbtArtifacts::State::catalog() {
    Catalog catalog;
    choose_jobs(catalog);
    CatalogPipeline pipeline;
    pipeline.title = project.empty() ? "dbt" : project;
    pipeline.label = pipeline.title;
    pipeline.source = CatalogSource::dbt;
    pipeline.has_all = has_manifest;
    catalog.title = pipeline.title;
    if (has_manifest)
        for (const auto& [id, node] : nodes) catalog.there.push_back(id);
    if (!jobs.empty()) catalog.pipelines.push_back(pipeline);
    add_datasets(catalog);
    add_tests(catalog);
    add_jobs(catalog);
    if (!jobs.empty()) {
        order_by_graph(catalog);
        if (!runs.empty()) add_runs(catalog);
        const bool build =
            std::any_of(runs.begin(), runs.end(), [](const DbtRun& run) { return run.command == "build"; });
        if (build) order_by_tests(catalog);
        order_by_unit_tests(catalog);
        find_retries(catalog);
        find_release(catalog);
    }
    // After all that looks at `jobs`, which are those that run.
    if (!catalog.pipelines.empty()) add_exposures(catalog);
    add_freshness(catalog);
    for (CatalogJob& job : catalog.jobs) {
        std::sort(job.after.begin(), job.after.end());
        job.after.erase(std::unique(job.after.begin(), job.after.end()), job.after.end());
    }
    if (!has_manifest && !runs.empty())
        catalog.notes.emplace_back(
            "no manifest.json: what depends on what is not known, and all nodes may run at once");
    tell_unused(catalog);
    return catalog;
}

}  // namespace understudy::formats
