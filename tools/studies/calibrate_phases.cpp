#include "tools/studies/calibrate_phases.h"

#include <set>

namespace understudy::studies {

std::optional<LinkOfTwin> link_of_twin(const models::Scenario& twin) {
    std::set<std::string> links, pools;
    for (const models::Pipeline& pipeline : twin.twin.pipelines)
        for (const models::Task& task : pipeline.tasks) {
            if (task.work.transfers.over.empty()) continue;
            links.insert(task.work.transfers.over);
            for (const models::Need& need : task.work.runs_on) pools.insert(need.pool);
        }
    if (links.size() != 1) return std::nullopt;
    LinkOfTwin link;
    link.name = *links.begin();
    double network = 0, bandwidth = 0;
    for (const models::Pool& pool : twin.twin.pools) {
        if (pool.name == link.name) {
            bandwidth = pool.workers.bandwidth;
            link.platform.grows_to = pool.workers.grows_with.empty() ? 1 : pool.workers.grows_to;
        }
        if (pools.count(pool.name) != 0 && pool.workers.type.network > 0) network = pool.workers.type.network;
    }
    if (!(bandwidth > 0)) return std::nullopt;
    link.platform.bandwidth = bandwidth;
    link.platform.network = network > 0 ? network : bandwidth;
    link.platform.reads_counted = !(link.platform.grows_to > 1);
    return link;
}

}  // namespace understudy::studies
