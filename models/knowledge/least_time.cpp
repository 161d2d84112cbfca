#include "models/knowledge/least_time.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace understudy::models {

namespace {

const Workers* pool_called(const Scenario& scenario, const std::string& name) {
    for (const Pool& pool : scenario.twin.pools)
        if (pool.name == name) return &pool.workers;
    return nullptr;
}

/// Of a link: with all that growth and actions can make of it.
double most_bandwidth(const Scenario& scenario, const std::string& name, const Workers& link) {
    double most = link.bandwidth;
    for (const Action& action : scenario.actions)
        if (action.verb == Action::Verb::set && action.target == name && action.key == "bandwidth")
            most = std::max(most, action.to.times ? link.bandwidth * action.to.number : action.to.number);
    return most * (link.grows_with.empty() ? 1 : link.grows_to);
}

/// What those of a pool are that a need of it can meet.
std::vector<const WorkerType*> types_for(const Scenario& scenario, const Workers& workers, const Need* need) {
    if (workers.groups.empty()) return {&workers.type};
    std::vector<const WorkerType*> types;
    for (const auto& [name, count] : workers.groups)
        for (const WorkerType& type : scenario.twin.types) {
            if (type.name != name || count == 0) continue;
            const bool fits =
                need == nullptr || ((need->skill.empty() || std::find(type.skills.begin(), type.skills.end(),
                                                                      need->skill) != type.skills.end()) &&
                                    need->cores <= (type.cores > 0 ? type.cores : INFINITY) &&
                                    (type.memory_bytes == 0 || need->memory_bytes <= type.memory_bytes));
            if (fits) types.push_back(&type);
        }
    return types;
}

double most_speed(const Scenario& scenario, const std::string& pool, const Workers& workers,
                  const Need* need) {
    double most = 0;
    for (const WorkerType* type : types_for(scenario, workers, need)) most = std::max(most, type->speed);
    if (most <= 0) return 1;
    // Of what serves all at once, the part of one: largest at one of the numbers between which it is linear.
    if (!workers.speedup.empty()) {
        double part = 0;
        for (const auto& [count, total] : workers.speedup) part = std::max(part, total / count);
        most *= part;
    }
    if (workers.bandwidth > 0) most *= most_bandwidth(scenario, pool, workers) / workers.bandwidth;
    return most;
}

/// Bytes per second over the link, and of the worker that moves them; infinite: neither limits.
double most_rate(const Scenario& scenario, const Work& work) {
    const Workers* link = pool_called(scenario, work.transfers.over);
    const double over = link == nullptr || link->bandwidth <= 0
                            ? INFINITY
                            : most_bandwidth(scenario, work.transfers.over, *link);
    const Need* need = work.runs_on.empty() ? nullptr : &work.runs_on.front();
    const Workers* workers = work.workers      ? &*work.workers
                             : need == nullptr ? nullptr
                                               : pool_called(scenario, need->pool);
    if (workers == nullptr) return over;
    double network = 0;
    for (const WorkerType* type : types_for(scenario, *workers, need))
        network = std::max(network, type->network > 0 ? type->network : INFINITY);
    return network > 0 ? std::min(over, network) : over;
}

}  // namespace

double least_seconds(const Scenario& scenario, const Work& work, double mean_service) {
    double speed = work.workers ? most_speed(scenario, "", *work.workers, nullptr) : INFINITY;
    // On workers of several pools it goes as fast as the slowest of them.
    for (const Need& need : work.runs_on)
        if (const Workers* workers = pool_called(scenario, need.pool))
            speed = std::min(speed, most_speed(scenario, need.pool, *workers, &need));
    double seconds = std::isfinite(speed) && speed > 0 ? mean_service / speed : mean_service;
    if (work.transfers.over.empty()) return seconds;
    const double rate = most_rate(scenario, work);
    if (rate > 0) {
        if (work.transfers.once.empty()) seconds += static_cast<double>(work.transfers.in_bytes) / rate;
        seconds += static_cast<double>(work.transfers.out_bytes) / rate;
    }
    return seconds;
}

}  // namespace understudy::models
