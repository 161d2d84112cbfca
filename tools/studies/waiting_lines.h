// What waits for one pool, or for workers of its own, in a twin: whose places it has, how many, and where that cannot be told,
// why. Internal to tools/studies; the twin must outlive it; not safe to ask from several threads.
#pragma once

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "models/graph.h"
#include "models/scenario.h"
#include "tools/studies/calibrate_elements.h"

namespace understudy::studies {

struct WaitingLine {
    std::string name;
    const models::Workers* workers = nullptr;
    std::vector<const WorkingElement*> users;
    bool has_cores = false;
    double places = 0;    ///< for attempts at once; infinite: unlimited
    std::string why_not;  ///< its places cannot be told: the end of "... of LINE cannot be told: "
    bool may_launch() const { return !has_cores && places < models::most_told_apart; }
};

class WaitingLines {
public:
    explicit WaitingLines(const models::Scenario& twin);
    /// Null where it has neither workers nor a pool. Stays where it is.
    const WaitingLine* line_of(const WorkingElement& element);
    /// Of those that line_of() found.
    WaitingLine& line(const std::string& name) { return lines_.at(name); }
    /// One object for each element, whoever finds it.
    const WorkingElement* by_path(const WorkingElement& element);
    /// Null where nobody has asked for it.
    const WorkingElement* found(const std::string& path) const;
    const models::Task& task(const std::string& path) const { return *tasks_.at(path); }
    /// Its tasks wait for others.
    bool waits_for_tasks(const std::string& path) const;
    const models::ScenarioGraph& graph() const { return graph_; }

private:
    WaitingLine line_named(const std::string& name);
    void count_places(WaitingLine& line) const;
    std::string why_no_places(const WaitingLine& line) const;

    const models::Scenario& twin_;
    const models::ScenarioGraph graph_;
    std::map<std::string, const models::Task*> tasks_;    ///< by path
    std::map<std::string, const models::Stage*> stages_;  ///< by name
    std::map<std::string, WorkingElement> found_;         ///< by path
    std::map<std::string, WaitingLine> lines_;
};

}  // namespace understudy::studies
