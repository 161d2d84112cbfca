// Scaling: how many workers there are to be. By what waits it is decided at once, whenever somebody comes or goes;
// by lag or utilisation at intervals, as cluster autoscalers do.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;
using Phase = WorkerLife::Phase;

void State::follow_line(Index index) {
    const PoolRow& row = model_->pools[index];
    PoolState& pool = pools_[index];
    if (row.scale.waiting <= 0 || is_down(index)) return;
    std::int64_t waiting = 0, idle = 0;
    for (const Index line : row.lines) waiting += pools_[line].waiting;
    for (Index worker = 0; worker < pool.lives.size(); ++worker) {
        WorkerLife& life = pool.lives[worker];
        if (!is_usable(index, worker) || pool.workers[worker].held > 0) continue;
        // Who waits although somebody is idle waits for something else too: the idle one is kept for it.
        if (waiting == 0) {
            if (life.idle_until < 0)
                life.idle_until =
                    kernel::later(now(), draw_of_worker(index, worker, row.keep_alive, Purpose::timeout));
            if (pool.on > row.least && now() >= life.idle_until) {
                change_phase(index, worker, Phase::off);
                continue;
            }
            if (now() < life.idle_until && life.turn == kernel::no_event)
                life.turn = schedule(life.idle_until, EventKind::turn, index, worker);
        }
        ++idle;
    }
    const auto asked =
        static_cast<std::int64_t>(std::floor(static_cast<double>(waiting) / row.scale.waiting)) - idle;
    const std::int64_t wanted = std::clamp<std::int64_t>(asked, 0, pool.capacity - pool.on);
    while (pool.starting > wanted) cancel_start(index);
    while (pool.starting < wanted) {
        const std::int64_t on = pool.on;
        start_worker(index);
        // One that serves at once may take more than it was started for.
        if (pool.on > on) return;
    }
}

void State::note_use(Index index) {
    if (model_->pools[index].scale.utilisation <= 0) return;
    PoolState& pool = pools_[index];
    const auto passed = static_cast<double>(now() - pool.use.since);
    const bool by_cores = pool.cores > 0;
    pool.use.busy += passed * (by_cores ? pool.cores_busy : static_cast<double>(pool.busy - pool.idle_held));
    pool.use.on += passed * (by_cores ? pool.cores : static_cast<double>(pool.on));
    pool.use.since = now();
}

void State::control(Index index) {
    const PoolRow& row = model_->pools[index];
    PoolState& pool = pools_[index];
    schedule(kernel::later(now(), *row.scale.every), EventKind::control, index, 0);
    note_use(index);
    const std::int64_t there = pool.on + pool.starting;
    double asked = 0;
    if (row.scale.lag > 0) {
        for (const Index stage : row.stages) asked += stages_[stage].records;
        asked /= row.scale.lag;
    } else {
        const double used = pool.use.on > 0 ? pool.use.busy / pool.use.on : 0;
        asked = static_cast<double>(pool.on) * used / row.scale.utilisation;
        pool.use.busy = pool.use.on = 0;
    }
    if (pool.use.last_move >= 0 && now() < kernel::later(pool.use.last_move, row.scale.cooldown)) return;
    // Sums of fractions that come to a whole number may lie a hair above it.
    asked = std::ceil(std::min(asked, static_cast<double>(pool.capacity)) - 1e-9);
    std::int64_t wanted =
        std::clamp(static_cast<std::int64_t>(asked), std::min(row.least, pool.capacity), pool.capacity);
    if (row.scale.step != unlimited)
        wanted = std::clamp(wanted, there - row.scale.step, there + row.scale.step);
    if (wanted == there) return;
    pool.use.last_move = now();
    scale_to(index, wanted);
    if (row.scale.pause <= 0) return;
    change_outages_on(index, 1);
    shed_excess(index);
    schedule(kernel::later(now(), row.scale.pause), EventKind::moved, index, 0);
}

void State::scale_to(Index index, std::int64_t wanted) {
    PoolState& pool = pools_[index];
    while (pool.on + pool.starting < wanted) start_worker(index);
    while (pool.on + pool.starting > wanted && pool.starting > 0) cancel_start(index);
    // Idle ones go first, then the last; what they have at work is cut off.
    for (const bool only_idle : {true, false})
        for (auto worker = static_cast<Index>(pool.lives.size()); worker-- > 0 && pool.on > wanted;)
            if (pool.lives[worker].phase == Phase::up && (!only_idle || pool.workers[worker].held == 0))
                change_phase(index, worker, Phase::off);
    shed_excess(index);
    mark(index);
}

}  // namespace understudy::models
