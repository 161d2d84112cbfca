// Units: which workers are free for an item, taken, kept beyond the end of service, and given back.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

bool State::room(const PoolRow& pool, const WorkerState& state, std::size_t index,
                 const NeedRow& need) const {
    const WorkerRow& worker = pool.told_apart[index];
    if ((need.skills & ~worker.skills) != 0) return false;
    if (worker.cores <= 0 && worker.memory_bytes <= 0) return state.held == 0;
    // A need without cores or memory takes the whole worker.
    if (need.cores <= 0 && need.memory_bytes <= 0) return state.held == 0;
    const bool cores = worker.cores <= 0 || need.cores <= state.cores_free + 1e-9;
    const bool memory = worker.memory_bytes <= 0 || need.memory_bytes <= state.memory_free;
    return cores && memory;
}

std::int32_t State::find_worker(const StageRow& stage, const NeedRow& need,
                                const std::vector<WorkerState>& workers, Index lane) const {
    const PoolRow& pool = model_->pools[need.pool];
    const std::size_t there = listed_workers(need.pool);
    const auto takes = [&](std::size_t worker) {
        return is_usable(need.pool, worker) && room(pool, workers[worker], worker, need);
    };
    if (lane != none && pool.lines_by == Lines::partitions) {
        const std::size_t owner = owner_of(need.pool, lane);
        return owner < workers.size() && takes(owner) ? static_cast<std::int32_t>(owner) : -1;
    }
    if (pool.placement == Placement::recorded && stage.worker >= 0 && need.pool == stage.line_pool) {
        // The worker it is named for, as long as there is room on it; else any, by the default rule.
        if (takes(static_cast<std::size_t>(stage.worker))) return stage.worker;
    }
    std::int32_t best = -1;
    for (std::size_t i = 0; i < there; ++i) {
        if (!takes(i)) continue;
        if (best < 0) {
            best = static_cast<std::int32_t>(i);
            if (pool.placement == Placement::first || !pool.has_cores) break;
            continue;
        }
        const WorkerState& other = workers[static_cast<std::size_t>(best)];
        const bool better = pool.placement == Placement::pack ? workers[i].cores_free < other.cores_free
                                                              : workers[i].cores_free > other.cores_free;
        if (better) best = static_cast<std::int32_t>(i);
    }
    return best;
}

bool State::fits_need(const StageRow& stage, const NeedRow& need, const Units& units, Index lane) const {
    const PoolState& pool = pools_[need.pool];
    const PoolRow& row = model_->pools[need.pool];
    if (is_down(need.pool)) return false;
    if (row.order == Order::shared) return pool.capacity > 0;
    if (row.told_apart.empty()) return units.busy + need.count <= pool.capacity;
    if (need.count == 1) return find_worker(stage, need, units.workers, lane) >= 0;
    Units trial = units;
    return take_units(stage, need, trial, lane);
}

bool State::take_units(const StageRow& stage, const NeedRow& need, Units& units, Index lane) const {
    if (model_->pools[need.pool].told_apart.empty()) {
        units.busy += need.count;
        return units.busy <= pools_[need.pool].capacity;
    }
    for (std::int64_t i = 0; i < need.count; ++i) {
        const std::int32_t worker = find_worker(stage, need, units.workers, lane);
        if (worker < 0) return false;
        WorkerState& state = units.workers[static_cast<std::size_t>(worker)];
        ++state.held;
        state.cores_free -= need.cores;
        state.memory_free -= need.memory_bytes;
    }
    return true;
}

bool State::fits(const StageRow& stage, Index lane) const {
    for (const NeedRow& need : stage.needs)
        if (!fits_need(stage, need, pools_[need.pool], lane)) return false;
    return true;
}

void State::seize(Index index, const StageRow& stage, std::int32_t chosen) {
    double speed = 0;
    const Index item = holdings_[index].item;  // none: a run has kept them, from before the simulation began
    const Index lane = item == none ? none : items_[item].lane;
    for (std::uint32_t n = 0; n < stage.needs.size(); ++n) {
        const NeedRow& need = stage.needs[n];
        const PoolRow& row = model_->pools[need.pool];
        PoolState& pool = pools_[need.pool];
        note_use(need.pool);
        if (row.told_apart.empty()) {
            pool.busy += need.count;
            speed = speed > 0 ? std::min(speed, row.speed) : row.speed;
        } else {
            for (std::int64_t i = 0; i < need.count; ++i) {
                const std::int32_t worker =
                    chosen >= 0 ? chosen : find_worker(stage, need, pool.workers, lane);
                kernel::require(worker >= 0, "units that were free are not");
                if (row.has_lives) take_worker(need.pool, static_cast<Index>(worker));
                const WorkerRow& kind = row.told_apart[static_cast<std::size_t>(worker)];
                WorkerState& state = pool.workers[static_cast<std::size_t>(worker)];
                const bool whole = need.cores <= 0 && need.memory_bytes <= 0;
                if (state.held++ == 0) ++pool.busy;
                state.cores_free -= whole ? kind.cores : need.cores;
                state.memory_free -= whole ? kind.memory_bytes : need.memory_bytes;
                pool.cores_busy += whole ? kind.cores : need.cores;
                // Work on several workers goes as fast as the slowest of them.
                speed = speed > 0 ? std::min(speed, kind.speed) : kind.speed;
                const Index placing = placings_.add({n, worker, holdings_[index].placements});
                holdings_[index].placements = placing;
            }
        }
        if (!pool.outages.empty()) run_busy_clocks(need.pool);
        refresh_pool(need.pool);
    }
    stages_[holdings_[index].stage].units += stage.needs.empty() ? 0 : stage.needs.front().count;
    holdings_[index].speed = speed > 0 ? speed : 1;
}

void State::release_or_keep(Index index) {
    Holding& holding = holdings_[index];
    if (holding.stage == none) {
        // A source: free to make the next item once all of the last one have a place.
        if (holding.at_door > 0) return;
        const Index load = holding.load;
        holdings_.remove(index);
        return source_free(load);
    }
    const StageRow& row = model_->stages[holding.stage];
    const PoolRow& pool = model_->pools[row.line_pool];
    if (holding.at_door > 0) {
        if (!holding.kept) keep(index);
        return;
    }
    if (pool.release != none && !holding.lagging) {
        Item address;
        address.identity = holding.identity;
        const double lag = draw(pool.release, pool.element, Purpose::delay, address, none, holding.attempt);
        holding.lagging = true;
        if (!holdings_[index].kept) keep(index);
        schedule(kernel::later(now(), kernel::from_seconds(lag)), EventKind::released, 0, index);
        return;
    }
    give_back(index);
}

void State::keep(Index index) {
    Holding& holding = holdings_[index];
    const StageRow& row = model_->stages[holding.stage];
    holding.kept = true;
    for (const NeedRow& need : row.needs) note_use(need.pool);
    shift(holding.stage, holding.load, &StageCounts::blocked, 1);
    for (const NeedRow& need : row.needs)
        if (model_->pools[need.pool].counts_slots()) pools_[need.pool].idle_held += need.count;
    for (const NeedRow& need : row.needs) refresh_pool(need.pool);
    refresh_stage(holding.stage);
}

void State::free_units(const Holding& holding, const NeedRow& need, Units& units) const {
    const PoolRow& row = model_->pools[need.pool];
    if (row.told_apart.empty()) {
        units.busy -= need.count;
        return;
    }
    const auto& needs = model_->stages[holding.stage].needs;
    const bool whole = need.cores <= 0 && need.memory_bytes <= 0;
    for (Index placing = holding.placements; placing != none; placing = placings_[placing].next) {
        const Placing& place = placings_[placing];
        if (needs[place.need].pool != need.pool) continue;
        const WorkerRow& kind = row.told_apart[static_cast<std::size_t>(place.worker)];
        WorkerState& worker = units.workers[static_cast<std::size_t>(place.worker)];
        worker.cores_free += whole ? kind.cores : need.cores;
        worker.memory_free += whole ? kind.memory_bytes : need.memory_bytes;
        units.cores_busy -= whole ? kind.cores : need.cores;
        if (--worker.held == 0) {
            --units.busy;
            // Sums of fractions drift; an idle worker is exactly idle.
            worker.cores_free = kind.cores;
            worker.memory_free = kind.memory_bytes;
            if (units.busy == 0) units.cores_busy = 0;
        }
    }
}

void State::give_back(Index index) {
    const Index stage = holdings_[index].stage;
    const StageRow& row = model_->stages[stage];
    const bool kept = holdings_[index].kept;
    if (kept) shift(stage, holdings_[index].load, &StageCounts::blocked, -1);
    for (const NeedRow& need : row.needs) {
        PoolState& pool = pools_[need.pool];
        note_use(need.pool);
        free_units(holdings_[index], need, pool);
        if (kept && model_->pools[need.pool].counts_slots()) pool.idle_held -= need.count;
        if (!pool.outages.empty()) run_busy_clocks(need.pool);
        mark(need.pool);
        refresh_pool(need.pool);
    }
    for (Index placing = holdings_[index].placements; placing != none;) {
        const Index next = placings_[placing].next;
        placings_.remove(placing);
        placing = next;
    }
    if (holdings_[index].turn != none) end_turn(stage, holdings_[index].turn);
    stages_[stage].units -= row.needs.empty() ? 0 : row.needs.front().count;
    holdings_.remove(index);
    refresh_stage(stage);
}

}  // namespace understudy::models
