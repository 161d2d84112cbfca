// The number of workers: steps and actions change it, and what has lost its workers is cut off.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

void State::workers_changed(Index index) {
    PoolState& pool = pools_[index];
    const PoolRow& row = model_->pools[index];
    const double wanted = parameters_.numbers[row.workers];
    pool.capacity = std::isinf(wanted) ? unlimited : std::max<std::int64_t>(0, std::llround(wanted));
    if (!row.told_apart.empty()) {
        pool.capacity = std::min<std::int64_t>(pool.capacity, std::ssize(row.told_apart));
        if (row.scales)
            for (std::size_t i = static_cast<std::size_t>(pool.capacity); i < pool.lives.size(); ++i)
                change_phase(index, static_cast<Index>(i), WorkerLife::Phase::off);
        pool.cores = 0;
        for (std::int64_t i = 0; i < pool.capacity; ++i)
            if (!row.scales || pool.lives[static_cast<std::size_t>(i)].phase == WorkerLife::Phase::up)
                pool.cores += row.told_apart[static_cast<std::size_t>(i)].cores;
        for (std::size_t i = 0; i < pool.workers.size(); ++i)
            if (pool.workers[i].held == 0) {
                pool.workers[i].cores_free = row.told_apart[i].cores;
                pool.workers[i].memory_free = row.told_apart[i].memory_bytes;
            }
    }
    if (row.scales) start_least(index);
    shed_excess(index);
    if (row.order == Order::shared) plan_shared(index);
    plan_transfers();
    mark(index);
    refresh_pool(index);
    for (const Index stage : row.stages) refresh_stage(stage);
    refresh_system();
}

void State::shed_excess(Index index, std::optional<Interrupted> how) {
    PoolState& pool = pools_[index];
    const PoolRow& row = model_->pools[index];
    const auto is_gone = [&](std::size_t worker) {
        if (!pool.lives.empty() && !pool.lives[worker].usable()) return true;
        return !row.leave_when_done && static_cast<std::int64_t>(worker) >= pool.capacity;
    };
    auto too_many = [&](const Holding& holding) {
        if (is_down(index)) return true;
        if (row.order == Order::shared) return pool.capacity <= 0;
        if (row.told_apart.empty()) return !row.leave_when_done && pool.busy > pool.capacity;
        for (Index placing = holding.placements; placing != none; placing = placings_[placing].next) {
            const NeedRow& need = model_->stages[holding.stage].needs[placings_[placing].need];
            if (need.pool == index && is_gone(static_cast<std::size_t>(placings_[placing].worker)))
                return true;
        }
        return false;
    };
    // Newest first: work that has come further goes on. Holdings of other lines may have units of this pool
    // too. An interruption may end others (a whole that is lost, a run that fails), so all are listed first.
    struct AtWork {
        Index holding, item;
        std::uint64_t number;
    };
    std::vector<AtWork> at_work;
    for (const Index line : row.lines)
        for (Index at = pools_[line].newest; at != none; at = holdings_[at].previous) {
            const auto& needs = model_->stages[holdings_[at].stage].needs;
            if (std::any_of(needs.begin(), needs.end(), [&](const NeedRow& n) { return n.pool == index; }))
                at_work.push_back({at, holdings_[at].item, items_[holdings_[at].item].number});
        }
    for (const AtWork& one : at_work) {
        const Holding& holding = holdings_[one.holding];
        if (holding.in_use && holding.item == one.item && items_[one.item].number == one.number &&
            too_many(holding))
            interrupt(one.holding, Reason::no_worker, how);
    }
}

}  // namespace understudy::models
