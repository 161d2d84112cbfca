// Lanes: lines of their own within a pool, and the partitions of a dataset, of which each belongs to one worker of the
// stage that reads it.
//
// The worker of a partition is the one of its number, counted round over the workers there are: more or fewer workers
// deal the partitions out again, and work under way ends where it is. A worker with several partitions takes who
// waited longest in any of them.
#include <algorithm>
#include <bit>

#include "models/simulation/shortest.h"
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

Index State::head_of(Index pool, Index lane) {
    if (pools_[pool].lanes[lane].waiting == 0) return none;
    const Line::Entry* head = pools_[pool].lanes[lane].line.head(
        [&](const Line::Entry& entry) { return stands_in(entry, pool, lane); });
    return head ? head->item : none;
}

Index State::deal(Index stream, Index index) {
    const StreamRow& row = model_->streams[stream];
    const auto lanes = static_cast<Index>(row.partitions);
    const Item& item = items_[index];
    const auto drawn = [&](std::size_t among) {
        const double u = uniform(row.element, Purpose::lane, item.identity, item.attempt, 0);
        return std::min(static_cast<std::size_t>(u * static_cast<double>(among)), among - 1);
    };
    const auto chosen = [&](auto choose) {
        const double lane = choice(row.element, Purpose::lane, item.identity, item.attempt,
                                   [&] { return static_cast<double>(choose()); });
        return static_cast<Index>(std::clamp(lane, 0.0, static_cast<double>(lanes - 1)));
    };
    switch (row.by) {
        case Dataset::By::key:
            return static_cast<Index>(kernel::mix_bits(std::bit_cast<std::uint64_t>(item.key)) % lanes);
        case Dataset::By::random: return chosen([&] { return drawn(lanes); });
        case Dataset::By::shortest: {
            Shortest of_all;
            const Index reader = row.readers.front();
            const StageRow& stage = model_->stages[reader];
            const auto present_in = [&](Index lane) -> std::int64_t {
                if (stage.takes_turns) {
                    const PartitionTurn& turn = stages_[reader].turns[lane];
                    return turn.waiting + (turn.taken ? 1 : 0);
                }
                if (owned_lane(item, stage) == none && stage.line_pool == none) return 0;
                const std::vector<Lane>& all = pools_[stage.line_pool].lanes;
                return stage.partitions == all.size() ? all[lane].waiting + all[lane].working : 0;
            };
            for (Index lane = 0; lane < lanes; ++lane) of_all.offer(lane, present_in(lane));
            const std::vector<std::size_t>& shortest = of_all.all();
            return shortest.size() == 1 ? static_cast<Index>(shortest.front())
                                        : chosen([&] { return shortest[drawn(shortest.size())]; });
        }
        default: return static_cast<Index>(streams_[stream].dealt++ % lanes);
    }
}

std::size_t State::owner_of(Index index, Index lane) const {
    const PoolState& pool = pools_[index];
    const std::size_t there = listed_workers(index);
    if (pool.lives.empty()) return there > 0 ? lane % there : pool.workers.size();
    // Those that are down have given their partitions away.
    std::size_t up = 0;
    for (std::size_t worker = 0; worker < there; ++worker) up += pool.lives[worker].is_there() ? 1 : 0;
    if (up == 0) return pool.workers.size();
    std::size_t before = lane % up;
    for (std::size_t worker = 0; worker < there; ++worker)
        if (pool.lives[worker].is_there() && before-- == 0) return worker;
    return pool.workers.size();
}

bool State::lane_is_free(Index pool, Index lane) const {
    const std::vector<Lane>& lanes = pools_[pool].lanes;
    for (Index other = 0; other < lanes.size(); ++other)
        if (lanes[other].waiting > 0 && owner_of(pool, other) == owner_of(pool, lane)) return false;
    return true;
}

void State::dispatch_lanes(Index index) {
    const PoolRow& row = model_->pools[index];
    const Index stage = row.stages.front();
    const auto came = [&](Index item) { return std::pair(items_[item].queued, items_[item].ordinal); };
    while (pools_[index].waiting > 0 && stages_[stage].halted == 0) {
        Index next = none;
        for (Index lane = 0; lane < pools_[index].lanes.size(); ++lane) {
            if (pools_[index].lanes[lane].waiting == 0 || !fits(model_->stages[stage], lane)) continue;
            const Index head = head_of(index, lane);
            if (head != none && (next == none || came(head) < came(next))) next = head;
        }
        if (next == none || !can_pay(stage, next)) return;
        withdraw(next);
        begin(next);
    }
}

}  // namespace understudy::models
