// Bundles: several items of one stage that a worker takes up at once, and that come to an end together.
//
// The head of the line leads: the holding is its, and so are the draws of service and failure; the others follow it by
// next_member. Each has a wait, an outcome and a way of its own. A bundle that is cut off goes back to the line one by
// one, and is taken up again by the same.
#include "models/simulation/state.h"

namespace understudy::models {

std::vector<Index> State::taken_with(Index leader) const {
    if (items_[leader].bundle == 0) return {leader};
    std::vector<Index> all;
    for_each_taken(leader, [&](Index item) { all.push_back(item); });
    return all;
}

void State::take_more(Index holding) {
    const Index leader = holdings_[holding].item, stage = holdings_[holding].stage;
    const StageRow& row = model_->stages[stage];
    PoolState& pool = pools_[row.line_pool];
    const Index lane = lane_of(items_[leader]);
    const std::uint64_t together = items_[leader].bundle;
    std::int64_t taken = 1;
    Index last = leader;
    items_[leader].next_member = none;
    const auto look = [&](const Line::Entry& entry) {
        if (taken >= row.take) return Line::Look::end;
        const Index other = entry.item;
        if (items_[other].stage != stage || items_[other].bundle != together) return Line::Look::passed;
        if (!can_pay(stage, other)) return Line::Look::end;
        withdraw(other);
        if (row.remembers >= 0) remember(other);
        spend(other);
        Item& item = items_[other];
        item.where = Where::working;
        item.holding = holding;
        item.next_member = none;
        items_[last].next_member = other;
        last = other;
        ++taken;
        shift(stage, item.load, &StageCounts::working, 1);
        if (lane != none) ++pool.lanes[lane].working;
        return Line::Look::taken;
    };
    Line& line = lane == none ? pool.line : pool.lanes[lane].line;
    if (pool.waiting > 0)
        line.scan([&](const Line::Entry& entry) { return stands_in(entry, row.line_pool, lane); }, look,
                  [&](std::size_t entries) { return any_of(row.line_pool, entries); });
    if (together != 0) return;
    const std::uint64_t name = items_[leader].number;
    for_each_taken(leader, [&](Index item) { items_[item].bundle = name; });
    meter_.observe(row.element, Metric::taken, taken, items_[leader].load, items_[leader].ordinal);
}

void State::leave_bundle(Index index) {
    Item& item = items_[index];
    Holding& holding = holdings_[item.holding];
    if (holding.item == index) {
        holding.item = item.next_member;
        items_[holding.item].remaining = item.remaining;
        items_[holding.item].outcome = item.outcome;
    } else {
        Index before = holding.item;
        while (items_[before].next_member != index) before = items_[before].next_member;
        items_[before].next_member = item.next_member;
    }
    item.next_member = none;
    item.holding = none;
    if (const Index lane = lane_of(item); lane != none)
        --pools_[model_->stages[item.stage].line_pool].lanes[lane].working;
    shift(item.stage, item.load, &StageCounts::working, -1);
    attempt_over(index);
}

}  // namespace understudy::models
