// Backfill: who may go ahead when what the head of the line needs is not free.
//
// `easy` (Lifka 1995): the head has a reservation at the instant when enough will have ended, by the services that are
// expected, not by those drawn. Others go ahead if they are expected to end by then, or fit beside it. A head for which
// nothing that ends makes room (its workers are gone, or come back later) has no reservation: the next one has.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

Line::Look State::look_at(Index line, Index item, Reservation& reservation) {
    const Index stage = items_[item].stage;
    if (stages_[stage].halted > 0) return Line::Look::passed;
    const Backfill backfill = model_->pools[line].backfill;
    if (!fits(model_->stages[stage])) {
        if (backfill == Backfill::never) return Line::Look::end;
        if (backfill == Backfill::easy && !reservation.made) reservation = reserve(item);
        return Line::Look::passed;
    }
    if (!can_pay(stage, item)) return backfill == Backfill::never ? Line::Look::end : Line::Look::passed;
    if (reservation.made && !goes_ahead(item, reservation)) return Line::Look::passed;
    return Line::Look::taken;
}

kernel::Time State::expected_work(Index index) const {
    const Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    const Index law = row.expected != none ? row.expected : row.service;
    if (law == none) return 0;
    double sum = 0;
    for (const CompiledTerm& term : parameters_.laws[law]) {
        double value = term.law.mean();
        if (term.field != none) value = field(index, term.field);
        if (term.recorded) value = recorded_value(term, item);
        switch (term.per) {
            case Per::once: break;
            case Per::item: {
                std::int64_t n = 0;
                for (Index m = item.first_member; m != none; m = items_[m].next_member) ++n;
                value *= static_cast<double>(std::max<std::int64_t>(n, 1));
                break;
            }
            case Per::record: value *= item.records; break;
            case Per::bytes: value *= item.size / term.per_amount; break;
            case Per::field: value *= field(index, term.per_field); break;
        }
        sum += value * term.times;
    }
    return std::isfinite(sum) ? kernel::from_seconds(sum) : kernel::never;
}

State::Reservation State::reserve(Index item) const {
    const StageRow& stage = model_->stages[items_[item].stage];
    Reservation result;
    // More than the workers that are there: no end can make room.
    for (const NeedRow& need : stage.needs)
        if (model_->pools[need.pool].told_apart.empty() && need.count > pools_[need.pool].capacity)
            return result;
    result.made = true;
    for (const NeedRow& need : stage.needs) result.left.emplace_back(need.pool, pools_[need.pool]);
    const auto units_of = [&](Index pool) -> Units* {
        for (auto& [other, units] : result.left)
            if (other == pool) return &units;
        return nullptr;
    };
    // Whoever is at work and holds something of these pools, by when it is expected to end.
    std::vector<std::pair<Time, Index>> ends;
    std::vector<Index> lines;
    for (const auto& [pool, units] : result.left)
        for (const Index line : model_->pools[pool].lines)
            if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
    for (const Index line : lines)
        for (Index at = pools_[line].oldest; at != none; at = holdings_[at].next) {
            const Holding& holding = holdings_[at];
            const double work = static_cast<double>(expected_work(holding.item)) / holding.speed;
            const Time end = kernel::later(holding.begun ? holding.served_since : now(),
                                           kernel::from_seconds(work * 1e-9));
            ends.emplace_back(std::max(end, now()), at);
        }
    std::sort(ends.begin(), ends.end());
    for (const auto& [end, holding] : ends) {
        bool freed = false;
        for (const NeedRow& need : model_->stages[holdings_[holding].stage].needs)
            if (Units* units = units_of(need.pool)) {
                free_units(holdings_[holding], need, *units);
                freed = true;
            }
        if (!freed) continue;
        auto with_head = result.left;
        std::swap(with_head, result.left);
        const bool fits = std::all_of(stage.needs.begin(), stage.needs.end(), [&](const NeedRow& need) {
            return take_units(stage, need, *units_of(need.pool), none);
        });
        if (fits) {
            result.at = end;
            return result;
        }
        std::swap(with_head, result.left);
    }
    result.made = false;
    return result;
}

bool State::goes_ahead(Index item, Reservation& reservation) const {
    const StageRow& stage = model_->stages[items_[item].stage];
    const double work = static_cast<double>(expected_work(item)) / model_->pools[stage.line_pool].speed;
    if (kernel::later(now(), kernel::from_seconds(work * 1e-9)) <= reservation.at) return true;
    auto left = reservation.left;
    for (const NeedRow& need : stage.needs)
        for (auto& [pool, units] : left)
            if (pool == need.pool && !take_units(stage, need, units, none)) return false;
    reservation.left = std::move(left);
    return true;
}

}  // namespace understudy::models
