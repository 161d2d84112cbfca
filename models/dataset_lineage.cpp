#include "models/dataset_lineage.h"

#include <algorithm>

#include "models/graph.h"

namespace understudy::models {

namespace {

std::vector<std::string> written_by(const std::string& name, const Writes& writes,
                                    const std::string& dead_letter) {
    std::vector<std::string> streams;
    for (const Writes::Target& target : targets_of(name, writes))
        if (target.stream != "exit") streams.push_back(target.stream);
    if (!dead_letter.empty()) streams.push_back(dead_letter);
    return streams;
}

}  // namespace

std::vector<DataJob> data_jobs_of(const Scenario& scenario) {
    std::vector<DataJob> jobs;
    for (const Pipeline& pipeline : scenario.twin.pipelines)
        for (const Task& task : pipeline.tasks) {
            DataJob job{pipeline.name + "." + task.name, pipeline.name, {}, task.writes};
            for (const TaskInput& input : task.reads) job.reads.push_back(input.dataset);
            if (!task.dead_letter.empty()) job.writes.push_back(task.dead_letter);
            jobs.push_back(std::move(job));
        }
    for (const Stage& stage : scenario.twin.stages)
        jobs.push_back(
            {stage.name, "", stage.reads, written_by(stage.name, stage.writes, stage.dead_letter)});
    return jobs;
}

DatasetLineage::DatasetLineage(const Scenario& scenario) : jobs_(data_jobs_of(scenario)) {
    for (const Dataset& dataset : scenario.twin.datasets) datasets_.insert(dataset.name);
    for (const Load& load : scenario.loads)
        for (const std::string& stream : written_by(load.name, load.writes, "")) {
            written_by_loads_.insert(stream);
            datasets_.insert(stream);
        }
    const auto note = [&](std::map<std::string, std::vector<std::size_t>>& of, const std::string& dataset,
                          std::size_t job) {
        datasets_.insert(dataset);
        if (auto& all = of[dataset]; all.empty() || all.back() != job) all.push_back(job);
    };
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        for (const std::string& dataset : jobs_[i].writes) note(writers_, dataset, i);
        for (const std::string& dataset : jobs_[i].reads) note(readers_, dataset, i);
    }
}

std::vector<std::string> DatasetLineage::writers_of(const std::string& dataset) const {
    std::vector<std::string> names;
    if (const auto found = writers_.find(dataset); found != writers_.end())
        for (const std::size_t job : found->second) names.push_back(jobs_[job].name);
    return names;
}

std::vector<std::string> DatasetLineage::readers_of(const std::string& dataset) const {
    std::vector<std::string> names;
    if (const auto found = readers_.find(dataset); found != readers_.end())
        for (const std::size_t job : found->second) names.push_back(jobs_[job].name);
    return names;
}

std::set<std::string> DatasetLineage::upstream_of(const std::string& dataset) const {
    std::set<std::string> all = {dataset};
    std::vector<std::string> open = {dataset};
    while (!open.empty()) {
        const auto writers = writers_.find(open.back());
        open.pop_back();
        if (writers == writers_.end()) continue;
        for (const std::size_t job : writers->second)
            for (const std::string& read : jobs_[job].reads)
                if (all.insert(read).second) open.push_back(read);
    }
    return all;
}

bool DatasetLineage::is_told(const std::string& dataset) const {
    if (!writers_.contains(dataset) || written_by_loads_.contains(dataset)) return false;
    for (const std::string& one : upstream_of(dataset))
        if (const auto writers = writers_.find(one); writers != writers_.end())
            if (std::any_of(writers->second.begin(), writers->second.end(),
                            [&](std::size_t job) { return jobs_[job].reads.empty(); }))
                return false;
    return true;
}

bool DatasetLineage::is_made_of(const std::string& dataset, const std::string& origin) const {
    const auto writers = writers_.find(dataset);
    const bool is_read = writers != writers_.end() &&
                         std::any_of(writers->second.begin(), writers->second.end(), [&](std::size_t job) {
                             const auto& reads = jobs_[job].reads;
                             return std::find(reads.begin(), reads.end(), origin) != reads.end();
                         });
    return is_read || upstream_of(dataset).contains(origin);
}

std::string DatasetLineage::of_column(const std::string& column) const {
    for (std::size_t dot = column.find('.'); dot != std::string::npos; dot = column.find('.', dot + 1))
        if (std::string name = column.substr(0, dot); datasets_.contains(name)) return name;
    return "";
}

}  // namespace understudy::models
