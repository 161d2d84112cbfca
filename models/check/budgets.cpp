// Budgets, and what is spent from them.
#include <algorithm>
#include <cmath>

#include "models/check/checker.h"

namespace understudy::models {

void Checker::check_budget(const Budget& budget) {
    const std::string path = "twin.budgets." + budget.name;
    if (budget.capacity <= 0)
        error(path + ".capacity", "a budget that holds nothing pays nobody", "write at least 1");
    else if (budget.initial > budget.capacity)
        error(path + ".initial", "budget " + quoted(budget.name) + " holds more at the start than it can",
              "lower 'initial', or raise 'capacity'");
    if (std::isinf(budget.initial))
        error(path + ".initial", "an unlimited budget does not say what it holds at the start",
              "add it: 'initial: 35'");
    using Refill = Budget::Refill;
    if (budget.refill == Refill::amounts && budget.schedule.kind == Schedule::Kind::calendar &&
        lacks_start() && !is_daily_everywhere(budget.schedule, s_.run.zone))
        error(path + ".refill", "a schedule of the calendar needs the date at which the run starts",
              "add it: 'run: {start: 2026-03-09T00:00, ...}'");
    if (budget.refill == Refill::amounts && budget.schedule.kind != Schedule::Kind::calendar &&
        budget.schedule.kind != Schedule::Kind::every)
        error(path + ".refill", "a budget is filled by the clock",
              "write 'every: daily at 00:00', or 'every 1h'");
    if (runs_until_empty() && (budget.refill == Refill::amounts || budget.refill == Refill::ticks))
        error("run.until", "'until: empty' with budget " + quoted(budget.name) + ", whose refills never end",
              "write 'length' instead");
    check_law(budget.interval, path + ".refill");
    check_law(budget.after, path + ".refill");
}

void Checker::check_spends(const Work& work, const std::string& path) {
    for (const Spend& spend : work.spends) {
        const auto found = std::find_if(s_.twin.budgets.begin(), s_.twin.budgets.end(),
                                        [&](const Budget& budget) { return budget.name == spend.budget; });
        if (found == s_.twin.budgets.end()) {
            if (!may_be_unread(spend.budget))
                error_of_value(path + ".spends." + spend.budget,
                               "no budget is called " + quoted(spend.budget),
                               near(spend.budget, names_of({Kind::budget})));
            continue;
        }
        used_budgets_.insert(spend.budget);
        if (spend.field.empty() && spend.amount > found->capacity)
            error(path + ".spends." + spend.budget,
                  "takes " + number_text(spend.amount) + " of budget " + quoted(spend.budget) +
                      ", which never holds more than " + number_text(found->capacity),
                  "raise its 'capacity'");
    }
}

}  // namespace understudy::models
