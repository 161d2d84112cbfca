#include "tools/studies/seen_load.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include "tools/studies/calibrate_tries.h"
#include "tools/studies/loads_read_alone.h"

namespace understudy::studies {

std::map<std::string, SeenLoad> loads_seen(const models::Scenario& twin, const WorkingElements& elements,
                                           const std::vector<SeenRun>& runs) {
    std::set<std::string> told;
    for (const SeenRun& run : runs)
        for (const auto* tasks : {&run.ended, &run.open})
            for (const models::RecordedTask* task : *tasks)
                for (const WorkingElement* element : elements.of(*task)) told.insert(element->path);
    std::map<std::string, SeenLoad> loads;
    for (const auto& [stage, load] : loads_told_alone(twin, told)) loads[stage] = {load, stage, {}, {}};
    if (loads.empty()) return loads;
    // What is tried again came once.
    std::map<std::string, Attempts> attempts;
    for (const SeenRun& run : runs)
        for (const models::RecordedTask* task : run.ended)
            if (const auto found = elements.of(*task);
                found.size() == 1 && loads.contains(found.front()->path))
                attempts[found.front()->path].add(run, *task);
    std::unordered_set<const models::RecordedTask*> later;
    for (const auto& [path, of_load] : attempts)
        for (const models::RecordedTask* task : of_load.tries().later) later.insert(task);
    for (const SeenRun& run : runs) {
        if (run.run == nullptr) continue;
        std::map<std::string, LogOfLoad> of_run;
        for (const auto* tasks : {&run.ended, &run.open})
            for (const models::RecordedTask* task : *tasks) {
                if (task->attempt > 1 || later.contains(task)) continue;
                const auto& instant = task->submitted ? task->submitted : task->started;
                if (!instant) continue;
                const std::vector<const WorkingElement*> found = elements.of(*task);
                if (found.size() != 1 || !loads.contains(found.front()->path)) continue;
                LogOfLoad& seen = of_run[found.front()->path];
                seen.run = run.run;
                seen.by_start = seen.by_start || !task->submitted;
                seen.instants.push_back(*instant);
            }
        for (auto& [path, seen] : of_run) {
            std::sort(seen.instants.begin(), seen.instants.end());
            loads[path].logs.push_back(std::move(seen));
        }
    }
    return loads;
}

}  // namespace understudy::studies
