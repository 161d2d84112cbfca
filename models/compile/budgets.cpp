// Budgets, and the lines of those who spend from them.
#include <algorithm>
#include <cmath>

#include "models/compile/compiler.h"

namespace understudy::models {

void Compiler::add_budgets() {
    const Graph& g = graph.graph();
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        if (g[*v].kind != VertexKind::budget) continue;
        const Budget& budget = scenario.twin.budgets[g[*v].position];
        BudgetRow row;
        row.element = element_by_name.at(budget.name);
        model.elements[row.element].budget = static_cast<Index>(model.budgets.size());
        row.capacity = budget.capacity;
        row.initial = budget.initial;
        row.refill = budget.refill;
        row.rate = budget.rate;
        row.interval = law(budget.interval);
        row.amount = budget.amount;
        row.at_most = budget.at_most;
        row.after = law(budget.after);
        if (budget.schedule.kind == Schedule::Kind::every) row.period = budget.schedule.period;
        if (budget.schedule.kind == Schedule::Kind::calendar)
            // Without a date the run begins with a day, as it does for profiles.
            row.due =
                (model.calendar ? *model.calendar : Calendar({}, "UTC")).instants(budget.schedule, horizon());
        model.budgets.push_back(std::move(row));
    }
}

void Compiler::add_line(StageRow& row) {
    PoolRow line;
    line.element = row.element;
    line.workers = number(INFINITY);
    row.needs.push_back({static_cast<Index>(model.pools.size()), 1, 0, 0});
    model.pools.push_back(std::move(line));
}

void Compiler::add_spends(StageRow& row, const Work& work) {
    for (const Spend& spend : work.spends) {
        const Index budget = find(spend.budget)->budget;
        row.spends.push_back(
            {budget, spend.amount, spend.field.empty() ? none : field_by_name.at(spend.field)});
        auto& lines = model.budgets[budget].lines;
        if (std::find(lines.begin(), lines.end(), row.line_pool) == lines.end())
            lines.push_back(row.line_pool);
    }
}

}  // namespace understudy::models
