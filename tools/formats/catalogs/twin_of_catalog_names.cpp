#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "tools/formats/catalogs/element_names.h"
#include "tools/formats/catalogs/twin_of_catalog.h"

namespace understudy::formats {

namespace {

template <class Elements>
void by_label(const Elements& elements, std::vector<std::size_t>& order) {
    order.resize(elements.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return elements[a].label < elements[b].label; });
}

}  // namespace

void TwinOfCatalog::label_pipelines() {
    const auto sources = known("source of pipeline");
    const std::map<std::size_t, std::string> as_before = labels_of_jobs();
    std::set<std::string> used;
    for (const auto& [pipeline, label] : as_before) used.insert(label);
    for (const CatalogPipeline& pipeline : c_.pipelines)
        if (pipeline.in_twin) used.insert(pipeline.label);
    for (const CatalogPipeline& pipeline : c_.pipelines) {
        if (pipeline.in_twin) {
            labels_.push_back(pipeline.label);
            continue;
        }
        if (const auto found = as_before.find(labels_.size()); found != as_before.end()) {
            labels_.push_back(found->second);
            continue;
        }
        const std::string word = word_for(pipeline.source);
        const auto is_free = [&](const std::string& label) {
            const auto found = sources.find(label);
            return !used.contains(label) && (found == sources.end() || found->second == word);
        };
        std::string label = pipeline.label;
        for (int number = 1; !is_free(label); ++number)
            label =
                fmt::format("{} ({}{})", pipeline.label, word, number == 1 ? "" : fmt::format(" {}", number));
        used.insert(label);
        labels_.push_back(std::move(label));
    }
    twin_.pipeline_labels = labels_;
}

std::map<std::size_t, std::string> TwinOfCatalog::labels_of_jobs() const {
    std::map<std::string, std::vector<std::size_t>> of_job;
    for (const CatalogJob& job : c_.jobs)
        if (c_.pipelines[job.pipeline].of_no_parent) of_job[job.label].push_back(job.pipeline);
    std::map<std::pair<std::string, std::size_t>, std::size_t> common;  // by label and pipeline: jobs
    for (const auto& [key, name] : known("task")) {
        const std::size_t end = key.find('\n');
        const auto found = of_job.find(key.substr(end + 1));
        if (found == of_job.end()) continue;
        const std::string label = key.substr(0, end);
        for (const std::size_t pipeline : found->second)
            if (const std::string& space = c_.pipelines[pipeline].title;
                label == space || label.starts_with(space + " "))
                ++common[{label, pipeline}];
    }
    // The most jobs first; of as many, the pipeline that is called so.
    using Claim = std::tuple<std::size_t, bool, std::string, std::size_t>;
    std::vector<Claim> claims;
    for (const auto& [key, jobs] : common)
        claims.emplace_back(jobs, c_.pipelines[key.second].label == key.first, key.first, key.second);
    std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
        return std::tuple(std::get<0>(b), std::get<1>(b), std::get<2>(a), std::get<3>(a)) <
               std::tuple(std::get<0>(a), std::get<1>(a), std::get<2>(b), std::get<3>(b));
    });
    std::map<std::size_t, std::string> labels;
    std::set<std::string> given;
    for (const auto& [jobs, same, label, pipeline] : claims)
        if (!labels.contains(pipeline) && given.insert(label).second) labels.emplace(pipeline, label);
    return labels;
}

void TwinOfCatalog::choose_jobs() {
    std::set<std::size_t> written;
    for (const CatalogJob& job : c_.jobs)
        if (job.source != CatalogSource::odcs) written.insert(job.writes.begin(), job.writes.end());
    std::size_t placeholders = 0;
    of_pipeline_.resize(c_.pipelines.size());
    for (std::size_t i = 0; i < c_.jobs.size(); ++i) {
        const CatalogJob& job = c_.jobs[i];
        if (job.source == CatalogSource::odcs) {
            if (std::all_of(job.writes.begin(), job.writes.end(),
                            [&](std::size_t d) { return written.contains(d); }))
                continue;
            ++placeholders;
        }
        of_pipeline_[job.pipeline].push_back(i);
    }
    if (placeholders > 0)
        twin_.assumed.push_back(
            fmt::format("{} table{} of contracts that nothing else writes: a task that takes no time "
                        "stands for what does, as often as "
                        "the contract promises, or once",
                        placeholders, placeholders == 1 ? "" : "s"));
    for (auto& jobs : of_pipeline_)
        std::sort(jobs.begin(), jobs.end(),
                  [&](std::size_t a, std::size_t b) { return c_.jobs[a].label < c_.jobs[b].label; });
    by_label(c_.datasets, datasets_);
    pipelines_.resize(labels_.size());
    std::iota(pipelines_.begin(), pipelines_.end(), std::size_t{0});
    std::sort(pipelines_.begin(), pipelines_.end(),
              [&](std::size_t a, std::size_t b) { return labels_[a] < labels_[b]; });
    std::erase_if(pipelines_, [&](std::size_t i) { return of_pipeline_[i].empty(); });
}

std::map<std::string, std::string> TwinOfCatalog::known(const std::string& kind) const {
    const auto found = known_.find(kind);
    return found == known_.end() ? std::map<std::string, std::string>{} : found->second;
}

void TwinOfCatalog::name_elements() {
    // One namespace: what an earlier import has called anything is taken for all.
    ElementNames datasets(known("dataset")), pipelines(known("pipeline")), pools(known("pool"));
    const auto take_from = [&](ElementNames& names, const char* kind) {
        for (const auto& [label, name] : known(kind)) names.take(name);
    };
    for (const char* kind : {"dataset", "pipeline", "pool", "load", "other"}) {
        take_from(datasets, kind);
        take_from(pipelines, kind);
        take_from(pools, kind);
    }
    dataset_names_.resize(c_.datasets.size());
    for (const std::size_t i : datasets_) {
        dataset_names_[i] = datasets.name(c_.datasets[i].label, c_.datasets[i].title, "dataset");
        pipelines.take(dataset_names_[i]);
        pools.take(dataset_names_[i]);
    }
    pipeline_names_.resize(c_.pipelines.size());
    pool_names_.resize(c_.pipelines.size());
    task_names_.resize(c_.jobs.size());
    for (const std::size_t p : pipelines_) {
        const std::string& label = labels_[p];
        pipeline_names_[p] = pipelines.name(label, c_.pipelines[p].title, "pipeline");
        pools.take(pipeline_names_[p]);
        std::map<std::string, std::string> known_tasks;
        const std::string begin = label + "\n";
        for (const auto& [key, name] : known("task"))
            if (key.starts_with(begin)) known_tasks.emplace(key.substr(begin.size()), name);
        ElementNames tasks(std::move(known_tasks));
        for (const std::size_t i : of_pipeline_[p])
            task_names_[i] = tasks.name(c_.jobs[i].label, c_.jobs[i].title, "task");
    }
    for (const std::size_t p : pipelines_)
        if (has_own_pool(p))
            pool_names_[p] = pools.name(
                pool_label(p),
                pipelines_.size() == 1 ? pool_word(p) : pipeline_names_[p] + " " + pool_word(p), "pool");
    by_label(c_.pools, shared_pools_);
    shared_names_.resize(c_.pools.size());
    for (const std::size_t i : shared_pools_)
        shared_names_[i] = pools.name(c_.pools[i].label, c_.pools[i].title, "pool");
}

bool TwinOfCatalog::has_own_pool(std::size_t p) const {
    const auto& jobs = of_pipeline_[p];
    return c_.pipelines[p].workers > 0 || std::any_of(jobs.begin(), jobs.end(), [&](std::size_t i) {
               return !c_.jobs[i].pool && !c_.jobs[i].is_use && !c_.jobs[i].in_twin;
           });
}

std::string TwinOfCatalog::pool_word(std::size_t p) const {
    return c_.pipelines[p].source == CatalogSource::dbt ? "threads" : "workers";
}

}  // namespace understudy::formats
