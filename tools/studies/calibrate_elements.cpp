#include "tools/studies/calibrate_elements.h"

#include <algorithm>
#include <utility>

#include "tools/studies/job_names.h"
#include "tools/studies/log_names.h"

namespace understudy::studies {

WorkingElements::WorkingElements(const models::Scenario& twin, const std::vector<SeenRun>& runs) {
    const auto add = [&](const models::Description& description, const std::string& name,
                         WorkingElement element) {
        if (!description.label.empty() && description.label != name)
            by_name_[description.label].push_back(element);
        by_name_[name].push_back(std::move(element));
    };
    const bool sizes = std::any_of(twin.loads.begin(), twin.loads.end(),
                                   [](const models::Load& load) { return !load.size.empty(); });
    for (const models::Stage& stage : twin.twin.stages)
        if (stage.work.workers || !stage.work.runs_on.empty())
            add(stage.description, stage.name, {stage.name, "", &stage.work, sizes});
    for (const models::Pipeline& pipeline : twin.twin.pipelines) {
        pipelines_[pipeline.name].push_back(pipeline.name);
        if (const std::string& label = pipeline.description.label; !label.empty() && label != pipeline.name)
            pipelines_[label].push_back(pipeline.name);
        for (const models::Task& task : pipeline.tasks)
            if (task.work.workers || !task.work.runs_on.empty()) {
                const WorkingElement element{pipeline.name + "." + task.name, pipeline.name, &task.work,
                                             sizes && !task.reads.empty()};
                add(task.description, task.name, element);
                by_name_[element.path].push_back(element);
            }
    }
    for (const SeenRun& run : runs) {
        if (run.ended.empty() || (run.run->format != "nextflow" && run.run->format != "wfformat")) continue;
        const std::vector<std::string> names = job_names(*run.run);
        for (std::size_t i = 0; i < names.size(); ++i) imported_as_[&run.run->tasks[i]] = names[i];
    }
    for (const SeenRun& run : runs)
        for (const auto* tasks : {&run.ended, &run.open})
            workflows_are_pipelines_ =
                workflows_are_pipelines_ ||
                std::any_of(tasks->begin(), tasks->end(),
                            [&](const models::RecordedTask* task) { return !pipelines_of(*task).empty(); });
}

/// By what names an element may go that this task is one of.
std::vector<std::string> WorkingElements::names_of(const models::RecordedTask& task) const {
    std::vector<std::string> names;
    if (const auto known = imported_as_.find(&task); known != imported_as_.end())
        names.push_back(known->second);
    for (const std::string& text : {task.process, task.name})
        for (std::string& name : names_in_a_twin(text)) names.push_back(std::move(name));
    return names;
}

std::vector<std::string> WorkingElements::pipelines_of(const models::RecordedTask& task) const {
    for (const std::string& name : names_in_a_twin(task.workflow))
        if (const auto known = pipelines_.find(name); known != pipelines_.end()) return known->second;
    return {};
}

bool WorkingElements::may_be(const WorkingElement& element, const std::vector<std::string>& pipelines,
                             const models::RecordedTask& task) const {
    if (element.pipeline.empty() || task.workflow.empty()) return true;
    if (pipelines.empty()) return !workflows_are_pipelines_;
    return std::find(pipelines.begin(), pipelines.end(), element.pipeline) != pipelines.end();
}

std::vector<const WorkingElement*> WorkingElements::of(const models::RecordedTask& task) const {
    std::vector<const WorkingElement*> found;
    const std::vector<std::string> pipelines = pipelines_of(task);
    for (const std::string& name : names_of(task)) {
        const auto known = by_name_.find(name);
        if (known == by_name_.end()) continue;
        std::map<std::string, const WorkingElement*> by_path;
        for (const WorkingElement& element : known->second)
            if (may_be(element, pipelines, task)) by_path[element.path] = &element;
        for (const auto& [path, element] : by_path) found.push_back(element);
        if (!found.empty()) break;
    }
    return found;
}

}  // namespace understudy::studies
