// The number of workers: steps and actions change it, and what has lost its workers is cut off.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/simulation/state.h"

namespace understudy::models {

void State::workers_changed(Index index) {
    PoolState& pool = pools_[index];
    const PoolRow& row = model_->pools[index];
    const double wanted = parameters_.numbers[row.workers];
    pool.capacity = std::isinf(wanted) ? unlimited : std::max<std::int64_t>(0, std::llround(wanted));
    if (!row.told_apart.empty()) {
        pool.capacity = std::min<std::int64_t>(pool.capacity, std::ssize(row.told_apart));
        if (!pool.lives.empty()) fit_staff(index);
        const auto counts = [&](std::size_t worker) {
            if (pool.lives.empty()) return static_cast<std::int64_t>(worker) < pool.capacity;
            const WorkerLife::Phase phase = pool.lives[worker].phase;
            return row.scales ? phase == WorkerLife::Phase::up : phase != WorkerLife::Phase::off;
        };
        pool.cores = 0;
        for (std::size_t i = 0; i < row.told_apart.size(); ++i)
            if (counts(i)) pool.cores += row.told_apart[i].cores;
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

void State::fit_staff(Index index) {
    using Phase = WorkerLife::Phase;
    PoolState& pool = pools_[index];
    const PoolRow& row = model_->pools[index];
    // Fits one group of them, or all (group `none`).
    const auto fit = [&](Index group, std::int64_t most, bool fill) {
        const auto belongs = [&](std::size_t worker) {
            return group == none || row.told_apart[worker].group == group;
        };
        std::int64_t on = 0;
        for (std::size_t i = 0; i < pool.lives.size(); ++i)
            if (belongs(i) && pool.lives[i].phase != Phase::off) ++on;
        for (; on > most; --on) change_phase(index, who_leaves(index, group), Phase::off);
        for (std::size_t i = 0; fill && on < most && i < pool.lives.size(); ++i)
            if (belongs(i) && pool.lives[i].phase == Phase::off) {
                change_phase(index, static_cast<Index>(i), Phase::up);
                ++on;
            }
    };
    if (!row.shifts.empty()) {
        const std::vector<std::int64_t>& there = row.shifts[pool.shift];
        for (Index group = 0; group < there.size(); ++group) fit(group, there[group], true);
        pool.capacity = std::min(pool.capacity, std::accumulate(there.begin(), there.end(), std::int64_t{0}));
    }
    fit(none, pool.capacity, row.shifts.empty() && !row.scales);
}

Index State::who_leaves(Index index, Index group) const {
    const PoolState& pool = pools_[index];
    const PoolRow& row = model_->pools[index];
    const auto may = [&](std::size_t worker) {
        return pool.lives[worker].phase != WorkerLife::Phase::off &&
               (group == none || row.told_apart[worker].group == group);
    };
    for (std::size_t worker = pool.lives.size(); worker-- > 0;)
        if (may(worker) && pool.workers[worker].held == 0) return static_cast<Index>(worker);
    for (const AtWork& one : at_work_of(index))
        for (Index at = holdings_[one.holding].placements; at != none; at = placings_[at].next) {
            const NeedRow& need = model_->stages[holdings_[one.holding].stage].needs[placings_[at].need];
            const auto worker = static_cast<std::size_t>(placings_[at].worker);
            if (need.pool == index && may(worker)) return static_cast<Index>(worker);
        }
    // What they hold is kept beyond its stage.
    for (std::size_t worker = pool.lives.size(); worker-- > 0;)
        if (may(worker)) return static_cast<Index>(worker);
    kernel::broken_invariant("a pool has nobody left who could leave");
}

std::vector<State::AtWork> State::at_work_of(Index index) const {
    std::vector<AtWork> at_work;
    std::vector<std::pair<double, AtWork>> by_badness;
    for (const Index line : model_->pools[index].lines)
        for (Index at = pools_[line].newest; at != none; at = holdings_[at].previous) {
            const Holding& holding = holdings_[at];
            const auto& needs = model_->stages[holding.stage].needs;
            if (std::none_of(needs.begin(), needs.end(), [&](const NeedRow& n) { return n.pool == index; }))
                continue;
            const Item& item = items_[holding.item];
            const bool ranked = model_->pools[line].preempt;
            by_badness.push_back({ranked ? badness(line, item, holding.stage, work_left(holding)) : 0,
                                  {at, holding.item, item.number}});
        }
    std::stable_sort(by_badness.begin(), by_badness.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [bad, one] : by_badness) at_work.push_back(one);
    return at_work;
}

void State::shed_excess(Index index, std::optional<Interrupted> how) {
    PoolState& pool = pools_[index];
    const PoolRow& row = model_->pools[index];
    const auto is_gone = [&](std::size_t worker) {
        if (pool.lives.empty())
            return !row.leave_when_done && static_cast<std::int64_t>(worker) >= pool.capacity;
        const WorkerLife& life = pool.lives[worker];
        return life.downs > 0 || (!row.leave_when_done && !life.usable());
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
    // An interruption may end others (a whole that is lost, a run that fails), so all are listed first.
    const std::vector<AtWork> at_work = at_work_of(index);
    for (const AtWork& one : at_work) {
        const Holding& holding = holdings_[one.holding];
        if (holding.in_use && holding.item == one.item && items_[one.item].number == one.number &&
            too_many(holding))
            interrupt(one.holding, Reason::no_worker, how);
    }
}

}  // namespace understudy::models
