#include "tools/studies/calibrate_elements.h"

#include <algorithm>
#include <utility>

#include "tools/studies/job_names.h"

namespace understudy::studies {

WorkingElements::WorkingElements(const models::Scenario& twin, const std::vector<SeenRun>& runs)
    : names_(twin.twin), pipelines_(twin.twin) {
    const auto add = [&](WorkingElement element, const auto&... is) {
        names_.add(elements_.size(), is...);
        elements_.push_back(std::move(element));
    };
    const bool sizes = std::any_of(twin.loads.begin(), twin.loads.end(),
                                   [](const models::Load& load) { return !load.size.empty(); });
    for (const models::Stage& stage : twin.twin.stages)
        if (stage.work.workers || !stage.work.runs_on.empty())
            add({stage.name, "", &stage.work, sizes}, stage);
    for (const models::Pipeline& pipeline : twin.twin.pipelines) {
        pipelines_.add(pipeline_names_.size(), pipeline);
        pipeline_names_.push_back(pipeline.name);
        for (const models::Task& task : pipeline.tasks)
            if (task.work.workers || !task.work.runs_on.empty())
                add({pipeline.name + "." + task.name, pipeline.name, &task.work,
                     sizes && !task.reads.empty()},
                    pipeline, task);
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

std::vector<TwinNames::Elements> WorkingElements::meant_by(const models::RecordedTask& task) const {
    std::vector<TwinNames::Elements> meant;
    if (const auto known = imported_as_.find(&task); known != imported_as_.end())
        meant.push_back(names_.called(known->second));
    for (const std::string& text : {task.process, task.name}) {
        // What a word of the language names, such as Airflow's task `load`, import calls otherwise, and labels by both.
        if (!task.workflow.empty()) meant.push_back(names_.called(task.workflow + "." + text));
        for (TwinNames::Elements& elements : names_.meant_by(text)) meant.push_back(std::move(elements));
    }
    return meant;
}

std::vector<std::string> WorkingElements::pipelines_of(const models::RecordedTask& task) const {
    std::vector<std::string> names;
    if (const auto meant = pipelines_.meant_by(task.workflow); !meant.empty())
        for (const std::size_t one : meant.front()) names.push_back(pipeline_names_[one]);
    return names;
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
    for (const TwinNames::Elements& those : meant_by(task)) {
        std::map<std::string, const WorkingElement*> by_path;
        for (const std::size_t one : those)
            if (const WorkingElement& element = elements_[one]; may_be(element, pipelines, task))
                by_path[element.path] = &element;
        for (const auto& [path, element] : by_path) found.push_back(element);
        if (!found.empty()) break;
    }
    return found;
}

}  // namespace understudy::studies
