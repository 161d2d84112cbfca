// Budgets: what is used up by the attempts of stages and filled again by a clock, a rate, a calendar or orders.
//
// An attempt takes all its amounts when it begins, or none. Who stands in line for a budget is paid in the order
// they came, over all lines: a head that cannot be paid holds up those who came after it for the same budget, one
// that waits for workers besides does not.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

namespace {

/// Levels are sums of fractions: a whole token may lack its last digits.
bool is_enough(double level, double amount) { return level >= amount - 1e-9 * std::max(1.0, amount); }

}  // namespace

void State::start_budgets() {
    for (Index i = 0; i < model_->budgets.size(); ++i) {
        const BudgetRow& row = model_->budgets[i];
        budgets_[i].level = row.initial;
        switch (row.refill) {
            case Budget::Refill::continuous: break;
            case Budget::Refill::ticks: plan_tick(i); break;
            case Budget::Refill::amounts:
                if (row.period > 0)
                    schedule(row.period, EventKind::refill, i, 0);
                else if (!row.due.empty())
                    schedule(row.due.front(), EventKind::refill, i, 0);
                break;
            case Budget::Refill::reorder: order(i); break;
        }
        refresh(row.element);
    }
}

void State::plan_tick(Index index) {
    const BudgetRow& row = model_->budgets[index];
    Item address;
    address.identity = address.load_number = budgets_[index].times++;
    const double pause = draw(row.interval, row.element, Purpose::arrival, address, none, 0);
    schedule(kernel::later(now(), kernel::from_seconds(pause)), EventKind::refill, index, 0);
}

double State::level_of(Index index) const {
    const BudgetRow& row = model_->budgets[index];
    const BudgetState& budget = budgets_[index];
    if (row.refill != Budget::Refill::continuous) return budget.level;
    return std::min(row.capacity, budget.level + row.rate * kernel::to_seconds(now() - budget.since));
}

double State::amount_of(const SpendRow& spend, Index item) const {
    return spend.field == none ? spend.amount : std::max(0.0, field(item, spend.field));
}

void State::add_to(Index index, double amount) {
    const BudgetRow& row = model_->budgets[index];
    BudgetState& budget = budgets_[index];
    budget.level = std::min(row.capacity, budget.level + amount);
    meter_.count(row.element, Metric::refilled, none);
    refresh(row.element);
}

void State::refill(Index index, std::uint32_t number) {
    const BudgetRow& row = model_->budgets[index];
    BudgetState& budget = budgets_[index];
    switch (row.refill) {
        case Budget::Refill::continuous: budget.wake = kernel::no_event; break;
        case Budget::Refill::ticks:
            add_to(index, 1);
            plan_tick(index);
            break;
        case Budget::Refill::amounts:
            add_to(index, row.amount);
            if (row.period > 0)
                schedule(kernel::later(now(), row.period), EventKind::refill, index, 0);
            else if (number + 1 < row.due.size())
                schedule(row.due[number + 1], EventKind::refill, index, number + 1);
            break;
        case Budget::Refill::reorder:
            budget.ordered -= row.amount;
            add_to(index, row.amount);
            order(index);
            break;
    }
    look_at_lines(index, none);
}

void State::order(Index index) {
    const BudgetRow& row = model_->budgets[index];
    if (row.refill != Budget::Refill::reorder) return;
    BudgetState& budget = budgets_[index];
    // What waits in line is owed: it is not there to be spent.
    while (is_enough(row.at_most, budget.level + budget.ordered - budget.owed)) {
        budget.ordered += row.amount;
        Item address;
        address.identity = address.load_number = budget.times++;
        const double lead =
            row.after == none ? 0 : draw(row.after, row.element, Purpose::delay, address, none, 0);
        schedule(kernel::later(now(), kernel::from_seconds(lead)), EventKind::refill, index, 0);
    }
}

void State::owe(Index item, double sign) {
    if (items_[item].paid) return;
    const StageRow& row = model_->stages[items_[item].stage];
    for (const SpendRow& spend : row.spends) {
        budgets_[spend.budget].owed += sign * amount_of(spend, item);
        if (sign > 0)
            order(spend.budget);
        else
            look_at_lines(spend.budget, row.line_pool);  // whom it kept waiting may be next
    }
}

bool State::has_enough(Index stage, Index item) {
    const StageRow& row = model_->stages[stage];
    if (items_[item].paid) return true;
    for (const SpendRow& spend : row.spends) {
        if (somebody_before(spend, stage, item)) return false;
        const double amount = amount_of(spend, item), level = level_of(spend.budget);
        if (is_enough(level, amount)) continue;
        if (amount > model_->budgets[spend.budget].capacity)
            halt(*simulation_, "an item takes more of budget '" +
                                   model_->elements[model_->budgets[spend.budget].element].name +
                                   "' than it ever holds");
        look_again_when(spend.budget, amount - level);
        return false;
    }
    return true;
}

bool State::somebody_before(const SpendRow& spend, Index stage, Index index) {
    const Index own = model_->stages[stage].line_pool;
    const auto came = [&](Index item) { return std::pair(items_[item].queued, items_[item].number); };
    const bool in_line = items_[index].where == Where::waiting;
    for (const Index pool : model_->budgets[spend.budget].lines) {
        // In random order nobody is first.
        if (pool == own || pools_[pool].waiting == 0 || model_->pools[pool].order == Order::random) continue;
        const auto goes_first = [&](Line& line, Index lane) {
            const Line::Entry* head =
                line.head([&](const Line::Entry& entry) { return stands_in(entry, pool, lane); });
            if (head == nullptr) return false;
            const Index its_stage = items_[head->item].stage;
            const StageRow& its = model_->stages[its_stage];
            const bool wants = std::any_of(its.spends.begin(), its.spends.end(),
                                           [&](const SpendRow& s) { return s.budget == spend.budget; });
            return wants && !items_[head->item].paid && stages_[its_stage].halted == 0 &&
                   fits(its, items_[head->item].lane) && (!in_line || came(head->item) < came(index));
        };
        if (goes_first(pools_[pool].line, none)) return true;
        for (Index lane = 0; lane < pools_[pool].lanes.size(); ++lane)
            if (goes_first(pools_[pool].lanes[lane].line, lane)) return true;
    }
    return false;
}

void State::look_again_when(Index index, double lacks) {
    const BudgetRow& row = model_->budgets[index];
    BudgetState& budget = budgets_[index];
    if (row.refill != Budget::Refill::continuous) return;  // its refills look at its lines
    const double wait_ns = std::ceil(lacks / row.rate * 1e9);
    const Time at =
        wait_ns < 9e18 ? kernel::later(now(), std::max<Time>(1, static_cast<Time>(wait_ns))) : kernel::never;
    if (budget.wake != kernel::no_event && budget.wake_at <= at) return;
    simulation_->cancel(budget.wake);
    budget.wake = schedule(at, EventKind::refill, index, 0);
    budget.wake_at = at;
}

void State::spend(Index item) {
    if (items_[item].paid) return;
    const StageRow& row = model_->stages[items_[item].stage];
    items_[item].paid = true;
    for (const SpendRow& spend : row.spends) {
        BudgetState& budget = budgets_[spend.budget];
        budget.level = std::max(0.0, level_of(spend.budget) - amount_of(spend, item));
        budget.since = now();
        refresh(model_->budgets[spend.budget].element);
        order(spend.budget);
        look_at_lines(spend.budget, row.line_pool);
    }
}

void State::look_at_lines(Index budget, Index but) {
    for (const Index line : model_->budgets[budget].lines)
        if (line != but && pools_[line].waiting + static_cast<std::int64_t>(at_doors_) > 0) mark(line);
}

}  // namespace understudy::models
