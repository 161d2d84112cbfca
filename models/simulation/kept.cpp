// Kept units: what an item seized at one stage and holds until it leaves a later one, or the system (`holds_until`).
// What an instance of a task seized is held by its run, until another of its tasks has ended.
//
// They belong to the item that came to its end there: copies and parts that come of it hold nothing; a join hands
// what its parts held on to the whole.
#include "models/simulation/state.h"

namespace understudy::models {

void State::keep_until_later(Index item, Index holding) {
    holdings_[holding].next_held = items_[item].held;
    items_[item].held = holding;
}

void State::release_held(Index& first, Index left) {
    Index* place = &first;
    std::vector<Index> done;
    while (*place != none) {
        Holding& holding = holdings_[*place];
        if (left != none && model_->stages[holding.stage].holds_until != left) {
            place = &holding.next_held;
            continue;
        }
        done.push_back(*place);
        *place = holding.next_held;
    }
    for (const Index holding : done) release_or_keep(holding);
}

bool State::keep_for_run(Index item, Index holding) {
    RunState& run = runs_[items_[item].run];
    const Index until = model_->stages[holdings_[holding].stage].holds_until;
    if (until != none) {
        using Phase = TaskState::Phase;
        const Phase phase = run.tasks[model_->stages[until].task].phase;
        if (phase == Phase::succeeded || phase == Phase::failed || phase == Phase::skipped) return false;
    }
    holdings_[holding].next_held = run.held;
    run.held = holding;
    return true;
}

void State::let_go_of_run(Index run, Index ended) { release_held(runs_[run].held, ended); }

void State::let_go(Index index, Index left) {
    release_held(items_[index].held, left);
    if (left == none) return;  // those inside are done themselves
    for (Index member = items_[index].first_member; member != none; member = items_[member].next_member)
        give_back_kept(member, left);
}

void State::inherit_kept(Index from, Index to) {
    while (items_[from].held != none) {
        const Index holding = items_[from].held;
        items_[from].held = holdings_[holding].next_held;
        keep_until_later(to, holding);
    }
}

}  // namespace understudy::models
