// Turns: the partitions of a dataset read by workers that are not the stage's own.
//
// A partition is read in the order in which its items came, one after the other. Its first item stands in the line of
// the pool, or is worked on, or keeps the workers that a full queue behind holds; the others stand behind it, and the
// next goes to the end of the pool's line when those workers are given back. Work that is cut off keeps its turn.
#include "models/simulation/state.h"

namespace understudy::models {

bool State::take_turn(Index index, bool at_head) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    StageState& state = stages_[item.stage];
    PartitionTurn& turn = state.turns[item.lane];
    if (turn.taken && turn.item == index) return true;
    if (!turn.taken) {
        turn.taken = true;
        turn.item = index;
        return true;
    }
    item.where = Where::waiting;
    shift(item.stage, item.load, &StageCounts::waiting, 1);
    ++state.resting[item.input];
    ++turn.waiting;
    ++pools_[row.line_pool].behind;
    item.ticket = at_head ? turn.line.push_front(index, 0) : turn.line.push(index, 0);
    if (!row.spends.empty()) owe(index, 1);
    if (!at_head && state.waits_end) limit_wait(index);
    refresh_pool(row.line_pool);
    refresh_stage(item.stage);
    return false;
}

void State::leave_turn(Index index) {
    const Item& item = items_[index];
    const Index pool = model_->stages[item.stage].line_pool;
    --stages_[item.stage].turns[item.lane].waiting;
    --pools_[pool].behind;
    if (!model_->stages[item.stage].spends.empty()) owe(index, -1);
    refresh_pool(pool);
}

void State::end_turn(Index stage, Index partition) {
    PartitionTurn& turn = stages_[stage].turns[partition];
    turn.taken = false;
    turn.item = none;
    Index next = none;
    const auto stands = [&](const Line::Entry& entry) {
        const Item& item = items_[entry.item];
        return item.ticket == entry.ticket && item.where == Where::waiting && item.stage == stage &&
               item.lane == partition;
    };
    const auto look = [&](const Line::Entry& entry) {
        if (next != none) return Line::Look::end;
        next = entry.item;
        return Line::Look::taken;
    };
    turn.line.scan(stands, look, [](std::size_t) { return std::size_t{0}; });
    if (next == none) return;
    turn.taken = true;
    turn.item = next;
    --turn.waiting;
    --pools_[model_->stages[stage].line_pool].behind;
    join_line(next, false);
}

void State::give_up_turn(Index index) {
    const Item& item = items_[index];
    if (item.stage == none || !model_->stages[item.stage].takes_turns) return;
    if (stages_[item.stage].turns[item.lane].item == index) end_turn(item.stage, item.lane);
}

}  // namespace understudy::models
