// Which elements of a twin the tasks of a log are: those whose label, name or path is the task's kind (its process) or
// its name, or what either may mean (log_names.h). Internal to tools/studies; the twin must outlive it; thread-safe to ask.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"

namespace understudy::studies {

/// A stage or a task that works: it has workers or runs on a pool.
struct WorkingElement {
    std::string path;  ///< `press`, `nightly.build`
    const models::Work* work = nullptr;
    bool has_size = false;  ///< its items have one in the twin
};

class WorkingElements {
public:
    explicit WorkingElements(const models::Scenario& twin);
    /// In the order of their paths, each once; none where the log's task is nothing of the twin.
    std::vector<const WorkingElement*> of(const models::RecordedTask& task) const;

private:
    std::map<std::string, std::vector<WorkingElement>> by_name_;
};

}  // namespace understudy::studies
