// Service: what happens to an item between its start and its end, or until it is cut off.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

bool State::draw_failure(const StageRow& row, std::uint64_t identity, std::uint16_t attempt) {
    const double failure = parameters_.numbers[row.failure];
    return failure > 0 &&
           choice(row.element, Purpose::failure, identity, attempt, [&] {
               return uniform(row.element, Purpose::failure, identity, attempt, 0) < failure ? 1.0 : 0.0;
           }) > 0.5;
}

kernel::Time State::drawn_work(Index index) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    if (row.service == none) return 0;
    // The same numbers, whenever they are drawn: what fails at its end fails as well where that is told before.
    if (row.fails_after != none)
        item.outcome = draw_failure(row, item.identity, item.attempt) ? Outcome::failure : Outcome::success;
    const Time work = kernel::from_seconds(draw(law_of_work(row, item.outcome), row.element, Purpose::service,
                                                item, index, item.attempt, row.take > 1));
    item.work = kernel::later(item.work, work);
    return work;
}

void State::begin(Index index, std::int32_t worker) {
    const Index stage = items_[index].stage;
    const StageRow& row = model_->stages[stage];
    if (row.remembers >= 0) remember(index);
    if (row.needs.empty()) {
        // Nothing to wait for and nothing to hold: it passes. In a loop it does so once the event is handled, or
        // every time round would be one more call within a call.
        if (row.in_cycle)
            passing_.emplace_back(index, items_[index].number);
        else
            pass(index);
        return;
    }
    if (!row.spends.empty()) spend(index);
    const Index holding = holdings_.add();
    Holding& held = holdings_[holding];
    held.in_use = true;
    held.stage = stage;
    held.item = index;
    held.identity = items_[index].identity;
    held.attempt = items_[index].attempt;
    if (row.takes_turns) held.turn = items_[index].lane;
    seize(holding, row, worker);
    Item& item = items_[index];
    item.holding = holding;
    item.where = Where::working;
    shift(stage, item.load, &StageCounts::working, 1);
    holdings_[holding].load = item.load;
    // Oldest first, so that too few workers send the newest back.
    PoolState& pool = pools_[row.line_pool];
    if (const Index lane = lane_of(item); lane != none) ++pool.lanes[lane].working;
    holdings_[holding].previous = pool.newest;
    (pool.newest == none ? pool.oldest : holdings_[pool.newest].next) = holding;
    pool.newest = holding;
    if (row.take > 1) take_more(holding);
    refresh_stage(stage);
    const PoolRow& line_pool = model_->pools[row.line_pool];
    const Index launch_law = row.launch != none ? row.launch : line_pool.launch;
    const std::int32_t on = worker_of(holdings_[holding]);
    if (launch_law != none && !items_[index].attempt_begun && on >= 0) {
        // One start at a time on each worker: what is started while another start is under way waits for it.
        const auto node = static_cast<std::size_t>(on);
        const double launch = draw(launch_law, row.launch != none ? row.element : line_pool.element,
                                   Purpose::setup, items_[index], index, items_[index].attempt);
        Time& free = pool.workers[node].launcher_free;
        free = kernel::later(std::max(free, now()), kernel::from_seconds(launch));
        if (free > now()) {
            holdings_[holding].event = schedule(free, EventKind::launched, 0, holding);
            return;
        }
    }
    serve(holding);
}

std::int32_t State::worker_of(const Holding& holding) const {
    const StageRow& row = model_->stages[holding.stage];
    for (Index placing = holding.placements; placing != none; placing = placings_[placing].next)
        if (row.needs[placings_[placing].need].pool == row.line_pool) return placings_[placing].worker;
    return -1;
}

void State::pass(Index index) {
    observe_wait(index);
    worked(index, none);
}

void State::observe_wait(Index index) {
    Item& item = items_[index];
    const Index element = model_->stages[item.stage].element;
    const Time begun = item.attempt_begun ? item.started : now();
    const Time wait = begun - item.queued + item.waited_again;
    meter_.observe(element, Metric::wait, wait, item.load, item.ordinal);
    if (wait > 0) happens(index, Metric::waited, Happened::waited);
}

void State::attempt_over(Index index) {
    Item& item = items_[index];
    // Where better items take the place of worse ones, how long an attempt waits is known only at its end.
    if (item.attempt_begun && model_->pools[model_->stages[item.stage].line_pool].preempt) {
        if (item.preempted >= 0) item.waited_again += now() - item.preempted;
        observe_wait(index);
    }
    item.remaining = -1;
    item.outcome = Outcome::open;
    item.waited_again = 0;
    item.preempted = -1;
    item.attempt_begun = false;
    item.paid = false;
    item.bundle = 0;
}

void State::attempt_begins(Index index) {
    Item& item = items_[index];
    if (!item.attempt_begun) {
        if (!model_->pools[model_->stages[item.stage].line_pool].preempt) observe_wait(index);
        item.started = now();
        item.attempt_begun = true;
    }
    if (item.preempted >= 0) item.waited_again += now() - item.preempted;
    item.preempted = -1;
}

void State::serve(Index index) {
    const Index item_index = holdings_[index].item;
    Item& item = items_[item_index];
    const StageRow& row = model_->stages[item.stage];
    const bool first = !item.attempt_begun;
    attempt_begins(item_index);
    if (row.take > 1) for_each_taken(item.next_member, [&](Index other) { attempt_begins(other); });
    if (item.remaining < 0) item.remaining = drawn_work(item_index);
    if (first) charge(item, item.remaining);
    Holding& holding = holdings_[index];
    holding.begun = true;
    const std::int32_t worker = worker_of(holding);
    const auto tell_start = [&](const Item& one) {
        tell(TraceEvent::start, row.element, one.number, one.attempt, kernel::to_seconds(item.remaining),
             worker);
    };
    tell_start(item);
    if (row.take > 1) for_each_taken(item.next_member, [&](Index other) { tell_start(items_[other]); });
    const bool there = row.once != none && pools_[row.line_pool].kept.contains({worker, row.once});
    if (row.link != none && row.bytes_in > 0 && !there)
        move(index, false);
    else
        work(index);
}

void State::work(Index index) {
    Holding& holding = holdings_[index];
    const Item& item = items_[holding.item];
    const StageRow& row = model_->stages[item.stage];
    holding.served_since = now();
    const double work = static_cast<double>(item.remaining);
    const bool shared = is_shared(row.line_pool);
    Time length = holding.speed == 1 ? item.remaining : kernel::from_seconds(work / holding.speed * 1e-9);
    holding.times_out = false;
    if (row.timeout != none && row.waits_for == none) {
        // The limit is on the attempt, interruptions included.
        const Time limit =
            kernel::later(item.started, kernel::from_seconds(parameters_.numbers[row.timeout]));
        if (shared || kernel::later(now(), length) > limit) {
            length = std::max<Time>(0, limit - now());
            holding.times_out = true;
        }
    }
    holding.until = kernel::later(now(), length);
    if (!shared || holding.times_out) holding.event = schedule(holding.until, EventKind::done, 0, index);
    if (shared) share(index);
}

void State::work_ends(Index index) {
    const StageRow& row = model_->stages[holdings_[index].stage];
    // Of an attempt that broke off there is nothing to move out.
    const bool breaks_off = items_[holdings_[index].item].outcome == Outcome::failure;
    if (row.link == none || row.bytes_out <= 0 || breaks_off) return service_ends(index);
    holdings_[index].event = kernel::no_event;
    move(index, true);
}

void State::unlink(Index index) {
    Holding& holding = holdings_[index];
    if (holding.shared_place != 0) leave_shared(index);
    if (holding.way != none) leave_way(index);
    const Index lane = lane_of(items_[holding.item]);
    const StageRow& row = model_->stages[holding.stage];
    PoolState& pool = pools_[row.line_pool];
    if (lane != none) {
        --pool.lanes[lane].working;
        if (row.take > 1)
            for_each_taken(items_[holding.item].next_member, [&](Index) { --pool.lanes[lane].working; });
    }
    (holding.previous == none ? pool.oldest : holdings_[holding.previous].next) = holding.next;
    (holding.next == none ? pool.newest : holdings_[holding.next].previous) = holding.previous;
    holding.previous = holding.next = none;
}

void State::attempt_ends(Index index) {
    Item& item = items_[index];
    shift(item.stage, item.load, &StageCounts::working, -1);
    meter_.observe(model_->stages[item.stage].element, Metric::service,
                   now() - item.started - item.waited_again, item.load, item.ordinal);
    attempt_over(index);
    item.holding = none;
    item.where = Where::moving;
}

void State::pay_for_bytes(Index index) {
    const Holding& holding = holdings_[index];
    for (const NeedRow& need : model_->stages[holding.stage].needs) {
        const PoolRow& pool = model_->pools[need.pool];
        if (pool.cost_per_byte <= 0) continue;
        for (const Index one : taken_with(holding.item)) {
            const double amount = pool.cost_per_byte * items_[one].size;
            meter_.spend(pool.element, now(), amount);
            meter_.spend(none, now(), amount);
        }
    }
}

void State::service_ends(Index index) {
    Holding& holding = holdings_[index];
    const Index item_index = holding.item;
    Item& item = items_[item_index];
    const StageRow& row = model_->stages[item.stage];
    // In a shared service the end is another event than the time limit, which has not come if it is pending.
    if (holding.shared_place != 0 && simulation_->cancel(holding.event)) holding.times_out = false;
    holding.event = kernel::no_event;
    const bool gave_up =
        row.waits_for != none && !is_so(row.waits_for, runs_[item.run].landed_before[row.task]);
    if (gave_up && look_again(index)) return;
    holding.finished = true;
    unlink(index);
    pay_for_bytes(index);
    std::vector<Index> others;  // that were taken up with it
    if (row.take > 1) for_each_taken(item.next_member, [&](Index other) { others.push_back(other); });
    const Outcome outcome = item.outcome;
    attempt_ends(item_index);
    for (const Index other : others) attempt_ends(other);
    if (holding.turn != none) stages_[holding.stage].turns[holding.turn].item = none;
    holding.item = none;
    bool failed = holding.times_out || gave_up;
    const bool timed_out = failed;
    if (!failed)
        failed = outcome == Outcome::open ? draw_failure(row, item.identity, item.attempt)
                                          : outcome == Outcome::failure;
    refresh_stage(item.stage);
    if (gave_up) {
        // What has not come in all that time is not waited for once more.
        release_or_keep(index);
        tell(TraceEvent::fail, row.element, item.number, item.attempt, 1);
        happens(item_index, Metric::failed, Happened::failed);
        instance_ended(item_index, false);
    } else if (failed) {
        release_or_keep(index);
        attempt_failed(item_index, timed_out);
        for (const Index other : others) attempt_failed(other, timed_out);
    } else if (row.holds && row.pipeline != none) {
        const bool kept = keep_for_run(item_index, index);
        worked(item_index, kept ? none : index);
    } else if (row.holds) {
        keep_until_later(item_index, index);
        worked(item_index, none);
    } else if (others.empty()) {
        worked(item_index, index);
    } else {
        send_on(item_index, index);
        for (const Index other : others) send_on(other, index);
        release_or_keep(index);
    }
}

Time State::work_left(const Holding& holding) const {
    const Item& item = items_[holding.item];
    if (!holding.begun) return item.remaining;
    // What was on its way is moved anew.
    if (holding.way != none) return holding.moves_out ? 0 : item.remaining;
    if (holding.shared_place != 0) {
        const double left =
            holding.shared_until - pools_[model_->stages[holding.stage].line_pool].shared.reading(now());
        return std::clamp<Time>(std::llround(left), 0, item.remaining);
    }
    const Time served = now() - holding.served_since;
    const Time done = holding.speed == 1
                          ? served
                          : kernel::from_seconds(static_cast<double>(served) * holding.speed * 1e-9);
    return std::max<Time>(0, item.remaining - done);
}

void State::interrupt(Index index, Reason reason, std::optional<Interrupted> instead) {
    Holding& holding = holdings_[index];
    const Index leader = holding.item;
    const StageRow& row = model_->stages[holding.stage];
    const Interrupted how = instead.value_or(model_->pools[row.line_pool].interrupted);
    const std::vector<Index> all = taken_with(leader);
    simulation_->cancel(holding.event);
    if (holding.begun) {
        if (how == Interrupted::resume) items_[leader].remaining = work_left(holding);
        for (const Index one : all) {
            tell(TraceEvent::interrupt, row.element, items_[one].number, items_[one].attempt,
                 kernel::to_seconds(items_[leader].remaining));
            happens(one, Metric::interrupted, Happened::interrupted);
        }
    }
    unlink(index);
    for (const Index one : all) {
        Item& item = items_[one];
        shift(item.stage, item.load, &StageCounts::working, -1);
        item.holding = none;
        item.where = Where::moving;
    }
    // What is to go on keeps its turn.
    if (how != Interrupted::lose) holdings_[index].turn = none;
    give_back(index);
    if (how == Interrupted::lose) {
        for (const Index one : all) {
            attempt_over(one);
            if (row.pipeline != none)
                instance_ended(one, false);
            else
                lose(one, TraceEvent::give_up);
        }
        return;
    }
    // To the head of the line, the leader in front.
    for (auto one = all.rbegin(); one != all.rend(); ++one) {
        // In line because of a better item it waits; without a worker its service goes on, at no speed.
        if (reason == Reason::better_item && items_[*one].attempt_begun) items_[*one].preempted = now();
        queue(*one, true);
        limit_again(*one);
    }
}

}  // namespace understudy::models
