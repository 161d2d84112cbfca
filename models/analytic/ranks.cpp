#include "models/analytic/ranks.h"

#include <algorithm>
#include <functional>
#include <map>

namespace understudy::models {

std::vector<std::vector<std::string>> ranks_that_cut_in(const Scenario& scenario,
                                                        const std::string& element) {
    const Workers* workers = nullptr;
    for (const Pool& pool : scenario.twin.pools)
        if (pool.name == element) workers = &pool.workers;
    if (workers == nullptr || workers->order != Order::priority || !workers->preempt) return {};
    const auto needs = [&](const Work& work) {
        return std::any_of(work.runs_on.begin(), work.runs_on.end(),
                           [&](const Need& need) { return need.pool == element; });
    };
    for (const Pipeline& pipeline : scenario.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            if (needs(task.work)) return {};
    const bool carried = std::any_of(scenario.loads.begin(), scenario.loads.end(),
                                     [](const Load& load) { return !load.priority.empty(); }) ||
                         std::any_of(scenario.twin.stages.begin(), scenario.twin.stages.end(),
                                     [](const Stage& stage) { return !stage.emits.priority.empty(); });
    std::map<double, std::vector<std::string>, std::greater<>> ranks;
    for (const Stage& stage : scenario.twin.stages) {
        if (!needs(stage.work)) continue;
        const Need& need = stage.work.runs_on.front();
        if (stage.work.runs_on.size() != 1 || need.count != 1 || need.cores > 0 || need.memory_bytes > 0 ||
            !need.skill.empty() || !stage.holds_until.empty() || stage.take > 1 ||
            !stage.work.spends.empty() || (carried && !stage.work.priority))
            return {};
        ranks[stage.work.priority.value_or(0)].push_back(stage.name);
    }
    std::vector<std::vector<std::string>> found;
    for (auto& [priority, stages] : ranks) found.push_back(std::move(stages));
    return found;
}

}  // namespace understudy::models
