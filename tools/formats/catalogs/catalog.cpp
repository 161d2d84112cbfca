#include "tools/formats/catalogs/catalog.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

namespace understudy::formats {

namespace {

/// "Shop.Public.orders" as its parts, from the last to the first, in small letters.
std::vector<std::string> parts_from_the_end(std::string_view label) {
    std::vector<std::string> parts(1);
    for (const char c : label)
        if (c == '.' || c == '/')
            parts.emplace_back();
        else
            parts.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::erase(parts, "");
    std::reverse(parts.begin(), parts.end());
    return parts;
}

bool begins_with(const std::vector<std::string>& whole, const std::vector<std::string>& begin) {
    return begin.size() <= whole.size() && std::equal(begin.begin(), begin.end(), whole.begin());
}

void complete(CatalogColumn& into, const CatalogColumn& more) {
    if (into.type.empty()) into.type = more.type;
    if (!into.nullable) into.nullable = more.nullable;
    if (!into.unique) into.unique = more.unique;
    if (into.values.empty()) into.values = more.values;
    into.of_nothing = into.of_nothing || more.of_nothing;
    into.derives_from.insert(into.derives_from.end(), more.derives_from.begin(), more.derives_from.end());
    std::sort(into.derives_from.begin(), into.derives_from.end());
    into.derives_from.erase(std::unique(into.derives_from.begin(), into.derives_from.end()),
                            into.derives_from.end());
}

std::string small(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

void complete(CatalogDataset& into, CatalogDataset more) {
    if (into.owner.empty()) into.owner = more.owner;
    if (into.description.empty()) into.description = more.description;
    if (into.contract.empty()) into.contract = more.contract;
    into.has_all_columns = into.has_all_columns || more.has_all_columns;
    for (std::string& tag : more.tags)
        if (std::find(into.tags.begin(), into.tags.end(), tag) == into.tags.end())
            into.tags.push_back(std::move(tag));
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < into.columns.size(); ++i) known.emplace(small(into.columns[i].name), i);
    for (CatalogColumn& column : more.columns) {
        const auto [at, fresh] = known.emplace(small(column.name), into.columns.size());
        if (fresh)
            into.columns.push_back(std::move(column));
        else
            complete(into.columns[at->second], column);
    }
}

/// A job that two sources of one kind know.
void complete(CatalogJob& into, const CatalogJob& more) {
    if (into.owner.empty()) into.owner = more.owner;
    if (into.description.empty()) into.description = more.description;
    const auto join = [](auto& list, const auto& others) {
        list.insert(list.end(), others.begin(), others.end());
        std::sort(list.begin(), list.end());
    };
    for (auto member : {&CatalogJob::reads, &CatalogJob::writes, &CatalogJob::after}) {
        join(into.*member, more.*member);
        (into.*member).erase(std::unique((into.*member).begin(), (into.*member).end()), (into.*member).end());
    }
    join(into.durations, more.durations);
    join(into.failed_durations, more.failed_durations);
    if (!into.may_retry) into.may_retry = more.may_retry, into.retry_delay = more.retry_delay;
    if (!into.pool) into.pool = more.pool, into.pool_slots = more.pool_slots;
    if (into.trigger_rule.empty()) into.trigger_rule = more.trigger_rule;
    into.completed += more.completed;
    into.failed += more.failed;
}

}  // namespace

const char* name_of(CatalogSource source) {
    constexpr const char* names[] = {"OpenLineage", "dbt", "ODCS", "WfFormat", "Nextflow", "Airflow"};
    return names[static_cast<std::size_t>(source)];
}

const char* word_for(CatalogSource source) {
    constexpr const char* words[] = {"openlineage", "dbt", "odcs", "wfformat", "nextflow", "airflow"};
    return words[static_cast<std::size_t>(source)];
}

std::optional<CatalogSource> source_named(std::string_view word) {
    for (const CatalogSource source :
         {CatalogSource::openlineage, CatalogSource::dbt, CatalogSource::odcs, CatalogSource::wfformat,
          CatalogSource::nextflow, CatalogSource::airflow})
        if (word == word_for(source)) return source;
    return std::nullopt;
}

std::vector<std::pair<std::string, std::int64_t>> CatalogCounts::listed() const {
    std::vector<std::pair<std::string, std::int64_t>> all = {
        {"files", files},
        {"files_left_out", files_left_out},
        {"statements", statements},
        {"unmapped_statements", unmapped_statements},
        {"events", events},
        {"repeated_events", repeated_events},
        {"jobs", jobs},
        {"parents", parents},
        {"runs", runs},
        {"usable_durations", usable_durations},
        {"runs_without_start", runs_without_start},
        {"runs_without_end", runs_without_end},
        {"runs_without_both", runs_without_both},
        {"runs_that_end_before_they_start", runs_that_end_before_they_start},
        {"failed_runs", failed_runs},
        {"tests", tests},
        {"exposures", exposures},
        {"datasets", datasets},
        {"columns", columns},
        {"edges", edges},
        {"orders", orders},
        {"column_origins", column_origins},
        {"contracts", contracts},
        {"promises", promises},
    };
    std::erase_if(all, [](const auto& one) { return one.second == 0; });
    return all;
}

std::vector<std::optional<std::size_t>> same_datasets(const std::vector<CatalogDataset>& into,
                                                      const std::vector<CatalogDataset>& more) {
    std::map<std::string_view, std::size_t> by_label;
    std::map<std::string, std::vector<std::size_t>> by_last;
    std::vector<std::vector<std::string>> parts(into.size());
    for (std::size_t i = 0; i < into.size(); ++i) {
        by_label.emplace(into[i].label, i);
        parts[i] = parts_from_the_end(into[i].label);
        if (!parts[i].empty()) by_last[parts[i].front()].push_back(i);
    }
    std::vector<std::optional<std::size_t>> same(more.size());
    std::map<std::size_t, std::size_t> claims;
    for (std::size_t k = 0; k < more.size(); ++k) {
        if (const auto found = by_label.find(more[k].label); found != by_label.end()) {
            same[k] = found->second;
        } else if (const auto own = parts_from_the_end(more[k].label); !own.empty()) {
            std::vector<std::size_t> fitting;
            if (const auto at = by_last.find(own.front()); at != by_last.end())
                for (const std::size_t i : at->second)
                    if (into[i].source != more[k].source &&
                        (begins_with(parts[i], own) || begins_with(own, parts[i])))
                        fitting.push_back(i);
            if (fitting.size() == 1) same[k] = fitting.front();
        }
        if (same[k]) ++claims[*same[k]];
    }
    // What two could be is neither.
    for (std::size_t k = 0; k < same.size(); ++k)
        if (same[k] && claims[*same[k]] > 1 && into[*same[k]].label != more[k].label) same[k].reset();
    return same;
}

void unite(Catalog& into, Catalog more) {
    const auto same = same_datasets(into.datasets, more.datasets);
    std::vector<std::size_t> now(more.datasets.size());
    for (std::size_t k = 0, next = into.datasets.size(); k < same.size(); ++k)
        now[k] = same[k] ? *same[k] : next++;
    for (CatalogDataset& dataset : more.datasets)
        for (CatalogColumn& column : dataset.columns)
            for (ColumnOrigin& origin : column.derives_from) origin.dataset = now[origin.dataset];
    for (std::size_t k = 0; k < same.size(); ++k)
        if (same[k])
            complete(into.datasets[*same[k]], std::move(more.datasets[k]));
        else
            into.datasets.push_back(std::move(more.datasets[k]));
    std::vector<std::size_t> pools;
    for (CatalogPool& pool : more.pools) {
        const auto there = std::find_if(into.pools.begin(), into.pools.end(),
                                        [&](const CatalogPool& one) { return one.label == pool.label; });
        pools.push_back(static_cast<std::size_t>(there - into.pools.begin()));
        if (there == into.pools.end())
            into.pools.push_back(std::move(pool));
        else if (there->workers == 0)
            there->workers = pool.workers;
    }
    // Two contracts of one table have one writer; that of other sources has a label of its own.
    std::vector<std::size_t> pipelines, jobs;
    std::map<std::pair<std::size_t, std::string>, std::size_t> known;
    for (std::size_t i = 0; i < into.jobs.size(); ++i)
        known.emplace(std::pair(into.jobs[i].pipeline, into.jobs[i].label), i);
    for (CatalogPipeline& pipeline : more.pipelines) {
        const auto there =
            std::find_if(into.pipelines.begin(), into.pipelines.end(), [&](const CatalogPipeline& one) {
                return one.source == pipeline.source && one.label == pipeline.label &&
                       (one.source == CatalogSource::odcs || one.schedule == pipeline.schedule);
            });
        pipelines.push_back(static_cast<std::size_t>(there - into.pipelines.begin()));
        if (there == into.pipelines.end())
            into.pipelines.push_back(std::move(pipeline));
        else if (there->schedule != pipeline.schedule)
            into.notes.push_back(pipeline.label + ": two contracts say how often, and the first is taken");
    }
    for (std::size_t next = into.jobs.size(); const CatalogJob& job : more.jobs) {
        const auto [at, fresh] = known.emplace(std::pair(pipelines[job.pipeline], job.label), next);
        jobs.push_back(at->second);
        next += fresh;
    }
    for (std::size_t k = 0; k < more.jobs.size(); ++k) {
        CatalogJob& job = more.jobs[k];
        job.pipeline = pipelines[job.pipeline];
        for (std::size_t& before : job.after) before = jobs[before];
        if (job.pool) job.pool = pools[*job.pool];
        for (auto* list : {&job.reads, &job.writes}) {
            for (std::size_t& dataset : *list) dataset = now[dataset];
            std::sort(list->begin(), list->end());
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
        for (CatalogVolume& volume : job.volumes) volume.dataset = now[volume.dataset];
        if (jobs[k] == into.jobs.size())
            into.jobs.push_back(std::move(job));
        else
            complete(into.jobs[jobs[k]], job);
    }
    for (CatalogPromise promise : more.promises) {
        promise.dataset = now[promise.dataset];
        into.promises.push_back(promise);
    }
    if (into.title.empty()) into.title = more.title;
    CatalogCounts& a = into.counts;
    const CatalogCounts& b = more.counts;
    for (auto member : {&CatalogCounts::files,
                        &CatalogCounts::files_left_out,
                        &CatalogCounts::events,
                        &CatalogCounts::repeated_events,
                        &CatalogCounts::jobs,
                        &CatalogCounts::parents,
                        &CatalogCounts::runs,
                        &CatalogCounts::usable_durations,
                        &CatalogCounts::runs_without_start,
                        &CatalogCounts::runs_without_end,
                        &CatalogCounts::runs_without_both,
                        &CatalogCounts::runs_that_end_before_they_start,
                        &CatalogCounts::failed_runs,
                        &CatalogCounts::tests,
                        &CatalogCounts::exposures,
                        &CatalogCounts::edges,
                        &CatalogCounts::orders,
                        &CatalogCounts::column_origins,
                        &CatalogCounts::contracts,
                        &CatalogCounts::promises})
        a.*member += b.*member;
    a.datasets = static_cast<std::int64_t>(into.datasets.size());
    a.columns = 0;
    for (const CatalogDataset& dataset : into.datasets)
        a.columns += static_cast<std::int64_t>(dataset.columns.size());
    const auto append = [](std::vector<std::string>& list, std::vector<std::string>& others) {
        for (std::string& text : others)
            if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
    };
    into.runs.insert(into.runs.end(), std::make_move_iterator(more.runs.begin()),
                     std::make_move_iterator(more.runs.end()));
    append(into.there, more.there);
    append(into.notes, more.notes);
    append(into.assumed, more.assumed);
    append(into.not_used, more.not_used);
}

}  // namespace understudy::formats
