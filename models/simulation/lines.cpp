// Lines: waiting, expiring, and who is next when units have become free.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

double State::key_of(Index item, const StageRow& stage, const PoolRow& pool) {
    if (pool.order == Order::priority)
        return -(stage.priority != none ? parameters_.numbers[stage.priority] : items_[item].priority);
    if (pool.order == Order::shortest && stage.service != none) {
        if (items_[item].remaining < 0) items_[item].remaining = drawn_work(item);
        return kernel::to_seconds(items_[item].remaining);
    }
    if (pool.order == Order::deadline) return deadline_of(items_[item]);
    return 0;
}

double State::deadline_of(const Item& item) const {
    const Time after = item.load == none ? kernel::never : model_->loads[item.load].deadline;
    return after == kernel::never ? INFINITY : kernel::to_seconds(kernel::later(item.born, after));
}

bool State::nobody_before(const StageRow& stage) const {
    for (const NeedRow& need : stage.needs)
        for (const Index line : model_->pools[need.pool].lines)
            if (pools_[line].waiting > 0) return false;
    return true;
}

bool State::could_start(Index stage, Index item) {
    const StageRow& row = model_->stages[stage];
    if (stages_[stage].halted > 0) return false;
    if (row.needs.empty()) return true;
    if (row.takes_turns) {
        const PartitionTurn& turn = stages_[stage].turns[items_[item].lane];
        if (turn.taken && turn.item != item) return false;
    }
    const Index lane = owned_lane(items_[item], row);
    const bool first = lane != none ? lane_is_free(row.line_pool, lane) : nobody_before(row);
    return first && fits(row, lane) && can_pay(stage, item);
}

void State::queue(Index index, bool at_head) {
    const Index stage = items_[index].stage;
    const StageRow& row = model_->stages[stage];
    Item& item = items_[index];
    if (!at_head) item.queued = now();
    if (row.takes_turns && !take_turn(index, at_head)) return;
    // In fifo order who finds its units free and nobody before it does not stand in line at all. In any other
    // order the pool takes the best of those that come in one event: all stand in line until the event's end. So
    // they do where a worker takes up several at once.
    const bool first_come = row.needs.empty() || is_shared(row.line_pool) ||
                            (model_->pools[row.line_pool].order == Order::fifo && row.take == 1);
    if (!at_head && first_come && could_start(stage, index)) return begin(index);
    if (row.line_pool == none && stages_[stage].halted == 0) return begin(index);
    item.where = Where::waiting;
    StageState& state = stages_[stage];
    shift(stage, item.load, &StageCounts::waiting, 1);
    if (!is_held_up(item)) ++state.resting[item.input];
    if (row.line_pool == none) {
        // A halted stage without workers keeps its items at its own door until it goes on.
        state.held.push_back(index);
    } else {
        join_line(index, at_head);
        if (!row.spends.empty()) owe(index, 1);
    }
    if (!at_head && state.waits_end) limit_wait(index);
    refresh_stage(stage);
}

void State::join_line(Index index, bool at_head) {
    const Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    PoolState& pool = pools_[row.line_pool];
    ++pool.waiting;
    if (is_held_up(item)) ++pool.held_up;
    const double key = key_of(index, row, model_->pools[row.line_pool]);
    const Index lane = lane_of(items_[index]);
    Line& line = lane == none ? pool.line : pool.lanes[lane].line;
    if (lane != none) {
        if (model_->pools[row.line_pool].lines_by == Lines::loads) join_fairly(row.line_pool, lane);
        ++pool.lanes[lane].waiting;
    }
    items_[index].ticket = at_head ? line.push_front(index, key) : line.push(index, key);
    mark(row.line_pool);
    refresh_pool(row.line_pool);
}

void State::limit_wait(Index index) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    Time ends = kernel::never;
    item.patience = -1;
    if (row.queue_timeout != none) {
        item.patience = kernel::from_seconds(
            draw(row.queue_timeout, row.element, Purpose::timeout, item, index, item.attempt));
        ends = kernel::later(now(), item.patience);
    }
    // What has been worked on, or gathered, has been read.
    const bool unread = !row.reads.empty() && item.attempt == 0 && !item.batched && row.join == none;
    const Time retention = unread ? model_->streams[row.reads[item.input]].retention : -1;
    item.ages_out = retention >= 0 && kernel::later(item.entered, retention) < ends;
    if (item.ages_out) ends = kernel::later(item.entered, retention);
    if (item.ages_out || row.queue_timeout != none)
        item.event = schedule(ends, EventKind::expire, of_patience, index);
}

void State::limit_again(Index index) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    Time ends = kernel::never;
    Index limit = of_patience;
    if (item.attempt_begun && row.timeout != none && row.waits_for == none) {
        ends = kernel::later(item.started, kernel::from_seconds(parameters_.numbers[row.timeout]));
        limit = of_attempt;
    }
    // In line because of a better item it waits; without a worker its service stands still.
    if (item.patience >= 0 && (!item.attempt_begun || item.preempted >= 0)) {
        const Time waited =
            item.attempt_begun ? item.started - item.queued + item.waited_again : now() - item.queued;
        const Time tired = kernel::later(now(), std::max<Time>(0, item.patience - waited));
        if (tired < ends) limit = of_patience;
        ends = std::min(ends, tired);
    }
    item.ages_out = false;
    if (ends != kernel::never) item.event = schedule(std::max(ends, now()), EventKind::expire, limit, index);
}

void State::withdraw(Index index) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    StageState& state = stages_[item.stage];
    simulation_->cancel(item.event);
    item.event = kernel::no_event;
    item.ticket = 0;
    item.where = Where::moving;
    shift(item.stage, item.load, &StageCounts::waiting, -1);
    if (!is_held_up(item)) --state.resting[item.input];
    if (row.line_pool != none && is_behind(item, index)) {
        leave_turn(index);
    } else if (row.line_pool != none) {
        --pools_[row.line_pool].waiting;
        if (is_held_up(item)) --pools_[row.line_pool].held_up;
        if (const Index lane = lane_of(item); lane != none) --pools_[row.line_pool].lanes[lane].waiting;
        if (!row.spends.empty()) owe(index, -1);
        mark(row.line_pool);  // whom it kept waiting may be next
        refresh_pool(row.line_pool);
    } else {
        std::erase(state.held, index);
    }
    if (row.queue_capacity != none) doors_.push_back(item.stage);
    refresh_stage(item.stage);
}

void State::expire(Index index, Index limit) {
    Item& item = items_[index];
    item.event = kernel::no_event;
    const StageRow& row = model_->stages[item.stage];
    withdraw(index);
    give_up_turn(index);
    if (limit == of_attempt) {
        if (item.preempted >= 0) item.waited_again += now() - item.preempted;
        item.preempted = -1;
        meter_.observe(row.element, Metric::service, now() - item.started - item.waited_again, item.load,
                       item.ordinal);
        attempt_over(index);
        return attempt_failed(index, true);
    }
    if (item.attempt_begun)
        attempt_over(index);
    else
        observe_wait(index);
    lose(index, TraceEvent::expire, item.ages_out ? Loss::aged_out : Loss::usual);
}

void State::mark(Index pool) {
    if (pools_[pool].dirty) return;
    pools_[pool].dirty = true;
    dirty_.push_back(pool);
}

void State::settle() {
    // Places that have become free first: who waited longest for one comes before what is decided next.
    for (std::size_t u = 0, d = 0, p = 0;
         u < unwanted_.size() || !passing_.empty() || d < doors_.size() || p < dirty_.size();) {
        if (u < unwanted_.size()) {
            const Unwanted part = unwanted_[u++];
            const Item& item = items_[part.item];
            if (item.where != Where::free && item.number == part.number && item.group == part.group)
                cancel_item(part.item);
        } else if (!passing_.empty()) {
            const auto [item, number] = passing_.front();
            passing_.pop_front();
            if (items_[item].number == number) pass(item);  // else it was cancelled
        } else if (d < doors_.size()) {
            open_door(doors_[d++]);
        } else {
            const Index pool = dirty_[p++];
            pools_[pool].dirty = false;
            dispatch(pool);
            if (model_->pools[pool].has_lives) rest(pool);
            // Free units that nobody in line takes are a place too: for `capacity: 0` the only one.
            if (at_doors_ > 0)
                for (const Index stage : model_->pools[pool].stages)
                    if (!stages_[stage].doors.empty()) doors_.push_back(stage);
        }
    }
    unwanted_.clear();
    doors_.clear();
    dirty_.clear();
}

bool State::can_set_aside(Index line) const {
    if (!pools_[line].line.can_set_aside()) return false;
    // Other pools, and other lines of a budget, ask who stands at the head.
    const std::vector<Index>& stages = model_->pools[line].stages;
    return std::all_of(stages.begin(), stages.end(), [&](Index stage) {
        return model_->stages[stage].needs.size() == 1 && model_->stages[stage].spends.empty();
    });
}

void State::dispatch(Index index) {
    const PoolRow& row = model_->pools[index];
    switch (row.lines_by) {
        case Lines::partitions: return dispatch_lanes(index);
        case Lines::stages: return dispatch_cyclic(index);
        case Lines::loads: return dispatch_fair(index);
        case Lines::together: break;
    }
    const auto valid_in = [&](Index line) {
        return [this, line](const Line::Entry& entry) { return stands_in(entry, line, none); };
    };
    const auto take = [&](Index item) {
        withdraw(item);
        begin(item);
    };
    Reservation reservation;
    if (row.lines.size() == 1 && !model_->pools[row.lines.front()].takes_several) {
        const Index line = row.lines.front();
        if (pools_[line].waiting == 0) return;
        // Who stands there may not begin, whoever it is: a line that grows meanwhile is not walked at each arrival. A
        // random order is drawn from all the same.
        const std::vector<Index>& stages = model_->pools[line].stages;
        const bool stands_still =
            model_->pools[line].order != Order::random &&
            std::all_of(stages.begin(), stages.end(), [&](Index stage) { return stages_[stage].halted > 0; });
        const bool sets_aside = can_set_aside(line);
        const auto look = [&](const Line::Entry& entry) {
            // What a halted stage has in the line of a pool is looked at once, not at each arrival of another stage.
            if (sets_aside && stages_[items_[entry.item].stage].halted > 0) return Line::Look::aside;
            const Line::Look answer = look_at(line, entry.item, reservation);
            if (answer == Line::Look::taken) take(entry.item);
            return answer;
        };
        const auto choose = [&](std::size_t n) { return any_of(line, n); };
        if (!stands_still) pools_[line].line.scan(valid_in(line), look, choose);
        if (model_->pools[line].preempt) preempt(line);
        return;
    }
    // Heads of several lines wait for this pool: larger priority first, then who came first.
    std::vector<Index> lines = row.lines;
    while (!lines.empty()) {
        std::size_t best = lines.size();
        std::pair<double, std::pair<Time, std::uint64_t>> best_rank;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const Line::Entry* head =
                pools_[lines[i]].waiting > 0 ? pools_[lines[i]].line.head(valid_in(lines[i])) : nullptr;
            if (!head) continue;
            const Item& item = items_[head->item];
            const auto rank = std::pair(head->key, std::pair(item.queued, item.number));
            if (best == lines.size() || rank < best_rank) {
                best = i;
                best_rank = rank;
            }
        }
        if (best == lines.size()) break;
        const Index line = lines[best];
        Index next = none;
        const auto look = [&](const Line::Entry& entry) {
            if (next != none) return Line::Look::end;
            const Line::Look answer = look_at(line, entry.item, reservation);
            if (answer == Line::Look::taken) next = entry.item;
            return answer;
        };
        const auto choose = [&](std::size_t n) { return any_of(line, n); };
        pools_[line].line.scan(valid_in(line), look, choose);
        // Begun once the line has been looked through: it may take more from it.
        if (next != none) {
            take(next);
            reservation = {};
        } else
            lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(best));
    }
    for (const Index line : row.lines)
        if (model_->pools[line].preempt) preempt(line);
}

}  // namespace understudy::models
