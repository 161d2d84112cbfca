// Conditions: what sensors look for, and actions wait for.
//
// A sensor looks when it gets its workers and again after each `poke`; between its looks it keeps them, or gives them
// back and queues anew. An action watches: levels when they are measured, so that what rises and falls within one event
// was never there; freshness and ages, which grow by the clock, by the instant at which they will be too much.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

bool State::compares(const ConditionRow& condition, double value) const {
    switch (condition.comparison) {
        case Comparison::less: return value < condition.limit;
        case Comparison::at_most: return value <= condition.limit;
        case Comparison::greater: return value > condition.limit;
        case Comparison::at_least: return value >= condition.limit;
    }
    return false;
}

bool State::is_so(Index index, std::uint64_t landed_before) const {
    const ConditionRow& condition = model_->conditions[index];
    if (condition.updated) return streams_[condition.stream].landings > landed_before;
    if (condition.stream != none)
        return compares(condition, kernel::to_seconds(now() - streams_[condition.stream].newest));
    return compares(condition, level(condition.element, condition.metric, none));
}

bool State::look_again(Index index) {
    Holding& holding = holdings_[index];
    const Index item_index = holding.item;
    Item& item = items_[item_index];
    const StageRow& row = model_->stages[item.stage];
    // Its timeout is on all its looks.
    const Time gives_up =
        row.timeout == none
            ? kernel::never
            : kernel::later(item.entered, kernel::from_seconds(parameters_.numbers[row.timeout]));
    if (now() >= gives_up) return false;
    const Time next = std::min(kernel::later(now(), row.poke), gives_up);
    if (row.keeps_workers) {
        holding.event = schedule(next, EventKind::done, 0, index);
        return true;
    }
    unlink(index);
    shift(item.stage, item.load, &StageCounts::working, -1);
    attempt_over(item_index);
    item.holding = none;
    holding.item = none;
    item.where = Where::retrying;
    item.queued = now();
    shift(item.stage, item.load, &StageCounts::retrying, 1);
    item.event = schedule(next, EventKind::come_back, 0, item_index);
    refresh_stage(item.stage);
    release_or_keep(index);
    return true;
}

void State::look_for(Index action) {
    const ConditionRow& condition = model_->conditions[model_->actions[action].when];
    if (condition.stream != none) return;  // plan_stale() knows
    if (condition.metric == Metric::age) return plan_aged(action);
    ActionWatch& watch = watches_[action];
    const bool holds = compares(condition, level(condition.element, condition.metric, none));
    if (holds == watch.holds) return;
    watch.holds = holds;
    simulation_->cancel(watch.due);
    watch.due = holds ? schedule(kernel::later(now(), condition.lasts), EventKind::watch, action, 0)
                      : kernel::no_event;
}

void State::plan_stale(Index action) {
    const ConditionRow& condition = model_->conditions[model_->actions[action].when];
    if (condition.stream == none) return;
    ActionWatch& watch = watches_[action];
    Time stale = kernel::later(streams_[condition.stream].newest, kernel::from_seconds(condition.limit));
    if (condition.comparison == Comparison::greater) stale = kernel::later(stale, 1);
    if (stale <= now() && now() > 0) return;  // it was, and is, too old
    simulation_->cancel(watch.due);
    watch.due = schedule(kernel::later(stale, condition.lasts), EventKind::watch, action, 0);
}

void State::plan_aged(Index action) {
    const ConditionRow& condition = model_->conditions[model_->actions[action].when];
    ActionWatch& watch = watches_[action];
    const Time born = oldest(condition.element);
    Time since = kernel::never;
    if (born != kernel::never) {
        since = kernel::later(born, kernel::from_seconds(condition.limit));
        if (condition.comparison == Comparison::greater) since = kernel::later(since, 1);
    } else if (compares(condition, 0)) {
        since = now();
    }
    // It was too much before: it still is, whoever is the oldest now. What comes late may be too old at once.
    if (since <= now()) since = std::min(watch.since, now());
    if (since == watch.since) return;
    watch.since = since;
    simulation_->cancel(watch.due);
    watch.due = since == kernel::never
                    ? kernel::no_event
                    : schedule(kernel::later(since, condition.lasts), EventKind::watch, action, 0);
}

void State::watch_holds(Index action) {
    watches_[action].due = kernel::no_event;
    act(action);
}

}  // namespace understudy::models
