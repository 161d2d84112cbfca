// Which element of a twin a task of a log is: the one whose label is what import calls the task (job_names.h), of a log that
// import makes tasks of; else those that the task's kind (its process) or its name mean (twin_names.h). Where pipelines have
// tasks of one name, the task's workflow (its DAG) tells which, and what names another pipeline of the twin is never taken for
// this one's. Internal to tools/studies; the twin must outlive it; thread-safe to ask.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/calibrate_seen.h"
#include "tools/studies/twin_names.h"

namespace understudy::studies {

/// A stage or a task that works: it has workers or runs on a pool.
struct WorkingElement {
    std::string path;      ///< `press`, `nightly.build`
    std::string pipeline;  ///< empty: a stage
    const models::Work* work = nullptr;
    bool has_size = false;  ///< its items have one in the twin
};

class WorkingElements {
public:
    /// `runs`: where any of their workflows is a pipeline of the twin, those that are none are other pipelines.
    explicit WorkingElements(const models::Scenario& twin, const std::vector<SeenRun>& runs = {});
    /// In the order of their paths, each once: none where the log's task is nothing of the twin; several where the log does
    /// not tell which of them it is.
    std::vector<const WorkingElement*> of(const models::RecordedTask& task) const;

private:
    bool may_be(const WorkingElement& element, const std::vector<std::string>& pipelines,
                const models::RecordedTask& task) const;
    /// Names of the pipelines that the task's workflow may be.
    std::vector<std::string> pipelines_of(const models::RecordedTask& task) const;

    /// The likeliest first.
    std::vector<TwinNames::Elements> meant_by(const models::RecordedTask& task) const;

    std::vector<WorkingElement> elements_;
    TwinNames names_;
    std::map<const models::RecordedTask*, std::string> imported_as_;
    std::vector<std::string> pipeline_names_;
    TwinNames pipelines_;
    bool workflows_are_pipelines_ = false;
};

}  // namespace understudy::studies
