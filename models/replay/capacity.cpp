#include "models/replay/capacity.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace understudy::models {

namespace {

struct Change {
    kernel::Time time;
    bool begins;
    std::size_t task;

    bool operator<(const Change& other) const {
        if (time != other.time) return time < other.time;
        if (begins != other.begins) return other.begins;
        return task < other.task;
    }
};

}  // namespace

CapacityInUse capacity_in_use(const RecordedRun& run) {
    std::map<std::string_view, std::vector<Change>> by_node;
    std::vector<Change> all;
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        const RecordedTask& task = run.tasks[i];
        if (!has_times(task)) continue;
        const kernel::Time end = std::max(*task.completed, *task.started + run.resolution);
        for (auto* list : {&by_node[task.node], &all}) {
            list->push_back({*task.started, true, i});
            list->push_back({end, false, i});
        }
    }
    CapacityInUse most;
    for (auto& [node, changes] : by_node) {
        std::sort(changes.begin(), changes.end());
        double cores = 0;
        std::int64_t memory = 0;
        for (const Change& change : changes) {
            const RecordedTask& task = run.tasks[change.task];
            cores += change.begins ? task.cpus : -task.cpus;
            memory += change.begins ? task.memory_bytes : -task.memory_bytes;
            most.node_cores = std::max(most.node_cores, cores);
            most.node_memory_bytes = std::max(most.node_memory_bytes, memory);
        }
    }
    std::sort(all.begin(), all.end());
    std::int64_t running = 0;
    for (const Change& change : all) most.tasks = std::max(most.tasks, running += change.begins ? 1 : -1);
    return most;
}

}  // namespace understudy::models
