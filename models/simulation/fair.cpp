// Fair order: the workers' time is shared between loads by their weights.
//
// Next is a load that has been given least so far, over its weight; what counts is the work drawn, times the workers
// it takes, from the instant it starts. A load that comes back after it had nothing to do goes on from what the load
// served last had been given: time in which it wanted nothing is no claim (start-time fair queueing, Goyal, Vin and
// Cheng 1997).
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

void State::join_fairly(Index index, Index lane) {
    PoolState& pool = pools_[index];
    if (pool.lanes[lane].waiting == 0 && pool.lanes[lane].working == 0)
        pool.lanes[lane].served = std::max(pool.lanes[lane].served, pool.fair_time);
}

void State::charge(const Item& item, Time work) {
    const StageRow& stage = model_->stages[item.stage];
    const PoolRow& row = model_->pools[stage.line_pool];
    if (row.lines_by != Lines::loads) return;
    PoolState& pool = pools_[stage.line_pool];
    const Index lane = lane_of(item);
    double& served = pool.lanes[lane].served;
    pool.fair_time = std::max(pool.fair_time, served);
    served += kernel::to_seconds(work) * static_cast<double>(stage.needs.front().count) / row.weights[lane];
}

Index State::fairest(Index index) {
    PoolState& pool = pools_[index];
    std::vector<Index> waiting;
    for (Index lane = 0; lane < pool.lanes.size(); ++lane)
        if (pool.lanes[lane].waiting > 0) waiting.push_back(lane);
    std::stable_sort(waiting.begin(), waiting.end(),
                     [&](Index a, Index b) { return pool.lanes[a].served < pool.lanes[b].served; });
    const bool blocks = model_->pools[index].backfill == Backfill::never;
    for (const Index lane : waiting) {
        Index next = none;
        bool blocked = false;
        pool.lanes[lane].line.scan([&](const Line::Entry& entry) { return stands_in(entry, index, lane); },
                                   [&](const Line::Entry& entry) {
                                       const Index stage = items_[entry.item].stage;
                                       if (stages_[stage].halted > 0) return Line::Look::passed;
                                       if (!fits(model_->stages[stage]) || !can_pay(stage, entry.item)) {
                                           blocked = blocks;
                                           return blocks ? Line::Look::end : Line::Look::passed;
                                       }
                                       next = entry.item;
                                       return Line::Look::end;
                                   },
                                   [](std::size_t) { return std::size_t{0}; });
        if (next != none || blocked) return next;
    }
    return none;
}

void State::dispatch_fair(Index index) {
    for (Index next = none; pools_[index].waiting > 0 && (next = fairest(index)) != none;) {
        withdraw(next);
        begin(next);
    }
}

}  // namespace understudy::models
