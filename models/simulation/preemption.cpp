// Preemption: a better item takes the place of a worse one at work.
//
// Better is decided by the order of the line: larger priority, less work left, earlier deadline, came later. Equals never
// interrupt each other, so that nothing is interrupted for ever at one instant. Only as many are interrupted as
// make room, the worst first.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

double State::badness(Index line, const Item& item, Index stage, Time left) const {
    switch (model_->pools[line].order) {
        case Order::priority: {
            const Index of_stage = model_->stages[stage].priority;
            return -(of_stage != none ? parameters_.numbers[of_stage] : item.priority);
        }
        case Order::shortest: return static_cast<double>(left);
        case Order::deadline: return deadline_of(item);
        default: return -static_cast<double>(item.queued);
    }
}

std::vector<Index> State::worse_than(Index index, Index stage) const {
    const Index line = model_->stages[stage].line_pool;
    // What is at work is measured as it is now.
    const double own = badness(line, items_[index], stage, items_[index].remaining);
    std::vector<std::pair<double, Index>> worse;
    for (Index at = pools_[line].newest; at != none; at = holdings_[at].previous) {
        const Item& item = items_[holdings_[at].item];
        const double other = badness(line, item, item.stage, work_left(holdings_[at]));
        if (other > own) worse.emplace_back(other, at);
    }
    // The newest first among equals: work that has come further goes on.
    std::stable_sort(worse.begin(), worse.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Index> holdings;
    for (const auto& [other, holding] : worse) holdings.push_back(holding);
    return holdings;
}

bool State::fits_without(const std::vector<Index>& holdings, const StageRow& stage) const {
    return std::all_of(stage.needs.begin(), stage.needs.end(), [&](const NeedRow& need) {
        Units units = pools_[need.pool];
        for (const Index holding : holdings)
            for (const NeedRow& held : model_->stages[holdings_[holding].stage].needs)
                if (held.pool == need.pool) free_units(holdings_[holding], held, units);
        return fits_need(stage, need, units, none);
    });
}

std::vector<Index> State::whom_to_interrupt(Index item, Index index) const {
    const StageRow& stage = model_->stages[index];
    std::vector<Index> enough;
    for (const Index holding : worse_than(item, index)) {
        enough.push_back(holding);
        if (!fits_without(enough, stage)) continue;
        // Whoever makes no room that is needed goes on, the better ones first.
        for (std::size_t i = enough.size(); i-- > 0;) {
            std::vector<Index> fewer = enough;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            if (!fewer.empty() && fits_without(fewer, stage)) enough = std::move(fewer);
        }
        return enough;
    }
    return {};
}

bool State::may_take_a_place(Index stage, Index item) {
    const Index line = model_->stages[stage].line_pool;
    if (line == none || stages_[stage].halted > 0) return false;
    const PoolRow& pool = model_->pools[line];
    if (!pool.preempt || pool.interrupted != Interrupted::lose || pool.order == Order::shortest) return false;
    if (pool.order == Order::lifo) items_[item].queued = now();
    return can_pay(stage, item) && !whom_to_interrupt(item, stage).empty();
}

void State::preempt(Index line) {
    const bool blocks = model_->pools[line].backfill == Backfill::never;
    const auto valid = [&](const Line::Entry& entry) { return stands_in(entry, line, none); };
    while (pools_[line].waiting > 0) {
        Index better = none;
        std::vector<Index> worse;
        // The line must not change while it is looked through.
        pools_[line].line.scan(
            valid,
            [&](const Line::Entry& entry) {
                const Index stage = items_[entry.item].stage;
                if (stages_[stage].halted > 0) return Line::Look::passed;
                worse =
                    can_pay(stage, entry.item) ? whom_to_interrupt(entry.item, stage) : std::vector<Index>{};
                if (worse.empty()) return blocks ? Line::Look::end : Line::Look::passed;
                better = entry.item;
                return Line::Look::end;
            },
            [](std::size_t) { return std::size_t{0}; });
        if (better == none) return;
        // An interruption may end others (a whole that is lost, a run that fails).
        const std::uint64_t number = items_[better].number;
        std::vector<std::uint64_t> numbers;
        for (const Index holding : worse) numbers.push_back(items_[holdings_[holding].item].number);
        for (std::size_t i = 0; i < worse.size(); ++i) {
            const Holding& holding = holdings_[worse[i]];
            if (holding.in_use && holding.item != none && items_[holding.item].number == numbers[i])
                interrupt(worse[i], Reason::better_item);
        }
        const Item& item = items_[better];
        if (item.number != number || item.where != Where::waiting || !fits(model_->stages[item.stage]) ||
            !can_pay(item.stage, better))
            return;
        withdraw(better);
        begin(better);
    }
}

}  // namespace understudy::models
