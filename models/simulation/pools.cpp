// Lines and units: waiting, seizing, serving, giving back, being cut off.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

// ---- waiting

double State::key_of(Index item, const StageRow& stage, const PoolRow& pool) {
    if (pool.order == Order::priority)
        return -(stage.priority != none ? parameters_.numbers[stage.priority] : items_[item].priority);
    if (pool.order == Order::shortest && stage.service != none) {
        if (items_[item].remaining < 0) items_[item].remaining = drawn_work(item);
        return kernel::to_seconds(items_[item].remaining);
    }
    return 0;
}

kernel::Time State::drawn_work(Index item) {
    const StageRow& row = model_->stages[items_[item].stage];
    if (row.service == none) return 0;
    return kernel::from_seconds(
        draw(row.service, row.element, Purpose::service, items_[item], item, items_[item].attempt));
}

bool State::nobody_before(const StageRow& stage) const {
    for (const NeedRow& need : stage.needs)
        for (const Index line : model_->pools[need.pool].lines)
            if (pools_[line].waiting > 0) return false;
    return true;
}

bool State::could_start(Index stage) const {
    const StageRow& row = model_->stages[stage];
    return stages_[stage].halted == 0 && (row.needs.empty() || (nobody_before(row) && fits(row)));
}

void State::queue(Index index, bool at_head) {
    const Index stage = items_[index].stage;
    const StageRow& row = model_->stages[stage];
    Item& item = items_[index];
    if (!at_head) item.queued = now();
    // In fifo order who finds its units free and nobody before it does not stand in line at all. In any other
    // order the pool takes the best of those that come in one event: all stand in line until the event's end.
    const bool first_come = row.needs.empty() || model_->pools[row.line_pool].order == Order::fifo;
    if (!at_head && first_come && could_start(stage)) return begin(index);
    if (row.line_pool == none && stages_[stage].halted == 0) return begin(index);
    item.where = Where::waiting;
    StageState& state = stages_[stage];
    shift(stage, item.load, &StageCounts::waiting, 1);
    ++state.resting[item.input];
    if (row.line_pool == none) {
        // A halted stage without workers keeps its items at its own door until it goes on.
        state.held.push_back(index);
    } else {
        PoolState& pool = pools_[row.line_pool];
        ++pool.waiting;
        const double key = key_of(index, row, model_->pools[row.line_pool]);
        items_[index].ticket = at_head ? pool.line.push_front(index, key) : pool.line.push(index, key);
        mark(row.line_pool);
        refresh_pool(row.line_pool);
    }
    if (row.queue_timeout != none && !at_head) {
        const double patience = draw(row.queue_timeout, row.element, Purpose::timeout, items_[index], index,
                                     items_[index].attempt);
        items_[index].event =
            schedule(kernel::later(now(), kernel::from_seconds(patience)), EventKind::expire, 0, index);
    }
    refresh_stage(stage);
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
    --state.resting[item.input];
    if (row.line_pool != none) {
        --pools_[row.line_pool].waiting;
        mark(row.line_pool);  // whom it kept waiting may be next
        refresh_pool(row.line_pool);
    } else {
        std::erase(state.held, index);
    }
    if (row.queue_capacity != none) doors_.push_back(item.stage);
    refresh_stage(item.stage);
}

void State::expire(Index index) {
    Item& item = items_[index];
    item.event = kernel::no_event;
    const StageRow& row = model_->stages[item.stage];
    withdraw(index);
    meter_.observe(row.element, Metric::wait, now() - item.queued, item.load, item.ordinal);
    if (now() > item.queued) happens(index, Metric::waited, Happened::waited);
    lose(index, TraceEvent::expire);
}

// ---- seizing

bool State::room(const PoolRow& pool, const WorkerState& state, std::size_t index,
                 const NeedRow& need) const {
    const WorkerRow& worker = pool.told_apart[index];
    if (worker.cores <= 0 && worker.memory_bytes <= 0) return state.held == 0;
    // A need without cores or memory takes the whole worker.
    if (need.cores <= 0 && need.memory_bytes <= 0) return state.held == 0;
    const bool cores = worker.cores <= 0 || need.cores <= state.cores_free + 1e-9;
    const bool memory = worker.memory_bytes <= 0 || need.memory_bytes <= state.memory_free;
    return cores && memory;
}

std::int32_t State::find_worker(const StageRow& stage, const NeedRow& need,
                                const std::vector<WorkerState>& workers) const {
    const PoolRow& pool = model_->pools[need.pool];
    const auto up =
        static_cast<std::size_t>(std::min<std::int64_t>(pools_[need.pool].capacity, std::ssize(workers)));
    if (pool.placement == Placement::recorded && stage.worker >= 0 && need.pool == stage.line_pool) {
        // The worker it is named for, as long as there is room on it; else any, by the default rule.
        const auto named = static_cast<std::size_t>(stage.worker);
        if (named < up && room(pool, workers[named], named, need)) return stage.worker;
    }
    std::int32_t best = -1;
    for (std::size_t i = 0; i < up; ++i) {
        if (!room(pool, workers[i], i, need)) continue;
        if (best < 0) {
            best = static_cast<std::int32_t>(i);
            if (pool.placement == Placement::first || !pool.has_cores) break;
            continue;
        }
        const WorkerState& other = workers[static_cast<std::size_t>(best)];
        const bool better = pool.placement == Placement::pack ? workers[i].cores_free < other.cores_free
                                                              : workers[i].cores_free > other.cores_free;
        if (better) best = static_cast<std::int32_t>(i);
    }
    return best;
}

bool State::fits_need(const StageRow& stage, const NeedRow& need) const {
    const PoolState& pool = pools_[need.pool];
    const PoolRow& row = model_->pools[need.pool];
    if (pool.down > 0) return false;
    if (row.told_apart.empty()) return pool.busy + need.count <= pool.capacity;
    if (need.count == 1) return find_worker(stage, need, pool.workers) >= 0;
    std::vector<WorkerState> trial = pool.workers;
    for (std::int64_t i = 0; i < need.count; ++i) {
        const std::int32_t worker = find_worker(stage, need, trial);
        if (worker < 0) return false;
        WorkerState& state = trial[static_cast<std::size_t>(worker)];
        ++state.held;
        state.cores_free -= need.cores;
        state.memory_free -= need.memory_bytes;
    }
    return true;
}

bool State::fits(const StageRow& stage) const {
    for (const NeedRow& need : stage.needs)
        if (!fits_need(stage, need)) return false;
    return true;
}

void State::seize(Index index, const StageRow& stage) {
    double speed = 0;
    for (std::uint32_t n = 0; n < stage.needs.size(); ++n) {
        const NeedRow& need = stage.needs[n];
        const PoolRow& row = model_->pools[need.pool];
        PoolState& pool = pools_[need.pool];
        if (row.told_apart.empty()) {
            pool.busy += need.count;
            speed = speed > 0 ? std::min(speed, row.speed) : row.speed;
        } else {
            for (std::int64_t i = 0; i < need.count; ++i) {
                const std::int32_t worker = find_worker(stage, need, pool.workers);
                kernel::require(worker >= 0, "units that were free are not");
                const WorkerRow& kind = row.told_apart[static_cast<std::size_t>(worker)];
                WorkerState& state = pool.workers[static_cast<std::size_t>(worker)];
                const bool whole = need.cores <= 0 && need.memory_bytes <= 0;
                if (state.held++ == 0) ++pool.busy;
                state.cores_free -= whole ? kind.cores : need.cores;
                state.memory_free -= whole ? kind.memory_bytes : need.memory_bytes;
                pool.cores_busy += whole ? kind.cores : need.cores;
                // Work on several workers goes as fast as the slowest of them.
                speed = speed > 0 ? std::min(speed, kind.speed) : kind.speed;
                const Index placing = placings_.add({n, worker, holdings_[index].placements});
                holdings_[index].placements = placing;
            }
        }
        refresh_pool(need.pool);
    }
    stages_[holdings_[index].stage].units += stage.needs.empty() ? 0 : stage.needs.front().count;
    holdings_[index].speed = speed > 0 ? speed : 1;
}

void State::begin(Index index) {
    const Index stage = items_[index].stage;
    const StageRow& row = model_->stages[stage];
    if (row.needs.empty()) {
        // Nothing to wait for and nothing to hold: it passes. In a loop it does so once the event is handled, or
        // every time round would be one more call within a call.
        if (row.in_cycle)
            passing_.emplace_back(index, items_[index].number);
        else
            pass(index);
        return;
    }
    const Index holding = holdings_.add();
    Holding& held = holdings_[holding];
    held.in_use = true;
    held.stage = stage;
    held.item = index;
    held.identity = items_[index].identity;
    held.attempt = items_[index].attempt;
    seize(holding, row);
    Item& item = items_[index];
    item.holding = holding;
    item.where = Where::working;
    shift(stage, item.load, &StageCounts::working, 1);
    holdings_[holding].load = item.load;
    // Oldest first, so that too few workers send the newest back.
    PoolState& pool = pools_[row.line_pool];
    holdings_[holding].previous = pool.newest;
    (pool.newest == none ? pool.oldest : holdings_[pool.newest].next) = holding;
    pool.newest = holding;
    refresh_stage(stage);
    const PoolRow& line_pool = model_->pools[row.line_pool];
    const Index launch_law = row.launch != none ? row.launch : line_pool.launch;
    if (launch_law != none && !items_[index].attempt_begun && holdings_[holding].placements != none) {
        // One start at a time on each worker: what is started while another start is under way waits for it.
        const auto worker = static_cast<std::size_t>(placings_[holdings_[holding].placements].worker);
        const double launch = draw(launch_law, row.launch != none ? row.element : line_pool.element,
                                   Purpose::setup, items_[index], index, items_[index].attempt);
        Time& free = pool.workers[worker].launcher_free;
        free = kernel::later(std::max(free, now()), kernel::from_seconds(launch));
        if (free > now()) {
            holdings_[holding].event = schedule(free, EventKind::launched, 0, holding);
            return;
        }
    }
    serve(holding);
}

void State::pass(Index index) {
    observe_wait(index);
    worked(index, none);
}

void State::observe_wait(Index index) {
    Item& item = items_[index];
    const Index element = model_->stages[item.stage].element;
    meter_.observe(element, Metric::wait, now() - item.queued, item.load, item.ordinal);
    if (now() > item.queued) happens(index, Metric::waited, Happened::waited);
}

void State::serve(Index index) {
    const Index item_index = holdings_[index].item;
    Item& item = items_[item_index];
    const StageRow& row = model_->stages[item.stage];
    if (!item.attempt_begun) {
        observe_wait(item_index);
        item.started = now();
        item.attempt_begun = true;
    }
    if (item.remaining < 0) item.remaining = drawn_work(item_index);
    Holding& holding = holdings_[index];
    holding.begun = true;
    holding.served_since = now();
    const double work = static_cast<double>(item.remaining);
    Time length = holding.speed == 1 ? item.remaining : kernel::from_seconds(work / holding.speed * 1e-9);
    holding.times_out = false;
    if (row.timeout != none) {
        // The limit is on the attempt, interruptions included.
        const Time limit =
            kernel::later(item.started, kernel::from_seconds(parameters_.numbers[row.timeout]));
        if (kernel::later(now(), length) > limit) {
            length = std::max<Time>(0, limit - now());
            holding.times_out = true;
        }
    }
    holding.until = kernel::later(now(), length);
    const std::int32_t worker = holding.placements == none ? -1 : placings_[holding.placements].worker;
    tell(TraceEvent::start, row.element, item.number, item.attempt, kernel::to_seconds(item.remaining),
         worker);
    holdings_[index].event = schedule(holding.until, EventKind::done, 0, index);
}

// ---- the end of service

void State::unlink(Index index) {
    Holding& holding = holdings_[index];
    PoolState& pool = pools_[model_->stages[holding.stage].line_pool];
    (holding.previous == none ? pool.oldest : holdings_[holding.previous].next) = holding.next;
    (holding.next == none ? pool.newest : holdings_[holding.next].previous) = holding.previous;
    holding.previous = holding.next = none;
}

void State::service_ends(Index index) {
    Holding& holding = holdings_[index];
    const Index item_index = holding.item;
    Item& item = items_[item_index];
    const StageRow& row = model_->stages[item.stage];
    holding.event = kernel::no_event;
    holding.finished = true;
    unlink(index);
    shift(item.stage, item.load, &StageCounts::working, -1);
    item.remaining = -1;
    item.attempt_begun = false;
    item.holding = none;
    holding.item = none;
    item.where = Where::moving;
    meter_.observe(row.element, Metric::service, now() - item.started, item.load, item.ordinal);
    bool failed = holding.times_out;
    const bool timed_out = failed;
    const double failure = parameters_.numbers[row.failure];
    if (!failed && failure > 0)
        failed = choice(row.element, Purpose::failure, item.identity, item.attempt, [&] {
                     return uniform(row.element, Purpose::failure, item.identity, item.attempt, 0) < failure
                                ? 1.0
                                : 0.0;
                 }) > 0.5;
    refresh_stage(item.stage);
    if (!failed) return worked(item_index, index);
    release_or_keep(index);
    attempt_failed(item_index, timed_out);
}

void State::release_or_keep(Index index) {
    Holding& holding = holdings_[index];
    if (holding.stage == none) {
        // A source: free to make the next item once all of the last one have a place.
        if (holding.at_door > 0) return;
        const Index load = holding.load;
        holdings_.remove(index);
        return source_free(load);
    }
    const StageRow& row = model_->stages[holding.stage];
    const PoolRow& pool = model_->pools[row.line_pool];
    if (holding.at_door > 0) {
        if (!holding.kept) keep(index);
        return;
    }
    if (pool.release != none && !holding.lagging) {
        Item address;
        address.identity = holding.identity;
        const double lag = draw(pool.release, pool.element, Purpose::delay, address, none, holding.attempt);
        holding.lagging = true;
        if (!holdings_[index].kept) keep(index);
        schedule(kernel::later(now(), kernel::from_seconds(lag)), EventKind::released, 0, index);
        return;
    }
    give_back(index);
}

void State::keep(Index index) {
    Holding& holding = holdings_[index];
    const StageRow& row = model_->stages[holding.stage];
    holding.kept = true;
    shift(holding.stage, holding.load, &StageCounts::blocked, 1);
    for (const NeedRow& need : row.needs)
        if (model_->pools[need.pool].told_apart.empty()) pools_[need.pool].idle_held += need.count;
    for (const NeedRow& need : row.needs) refresh_pool(need.pool);
    refresh_stage(holding.stage);
}

void State::give_back(Index index) {
    const Index stage = holdings_[index].stage;
    const StageRow& row = model_->stages[stage];
    const bool kept = holdings_[index].kept;
    if (kept) shift(stage, holdings_[index].load, &StageCounts::blocked, -1);
    for (Index placing = holdings_[index].placements; placing != none;) {
        const Placing place = placings_[placing];
        const NeedRow& need = row.needs[place.need];
        const PoolRow& pool_row = model_->pools[need.pool];
        PoolState& pool = pools_[need.pool];
        const WorkerRow& kind = pool_row.told_apart[static_cast<std::size_t>(place.worker)];
        WorkerState& worker = pool.workers[static_cast<std::size_t>(place.worker)];
        const bool whole = need.cores <= 0 && need.memory_bytes <= 0;
        worker.cores_free += whole ? kind.cores : need.cores;
        worker.memory_free += whole ? kind.memory_bytes : need.memory_bytes;
        pool.cores_busy -= whole ? kind.cores : need.cores;
        if (--worker.held == 0) {
            --pool.busy;
            // Sums of fractions drift; an idle worker is exactly idle.
            worker.cores_free = kind.cores;
            worker.memory_free = kind.memory_bytes;
            if (pool.busy == 0) pool.cores_busy = 0;
        }
        placings_.remove(placing);
        placing = place.next;
    }
    for (const NeedRow& need : row.needs) {
        PoolState& pool = pools_[need.pool];
        if (model_->pools[need.pool].told_apart.empty()) {
            pool.busy -= need.count;
            if (kept) pool.idle_held -= need.count;
        }
        mark(need.pool);
        refresh_pool(need.pool);
    }
    stages_[stage].units -= row.needs.empty() ? 0 : row.needs.front().count;
    holdings_.remove(index);
    refresh_stage(stage);
}

// ---- cut off before the end

void State::interrupt(Index index) {
    Holding& holding = holdings_[index];
    const Index item_index = holding.item;
    Item& item = items_[item_index];
    const StageRow& row = model_->stages[item.stage];
    const Interrupted how = model_->pools[row.line_pool].interrupted;
    simulation_->cancel(holding.event);
    if (holding.begun) {
        if (how == Interrupted::resume) {
            const Time served = now() - holding.served_since;
            const Time done = holding.speed == 1
                                  ? served
                                  : kernel::from_seconds(static_cast<double>(served) * holding.speed * 1e-9);
            item.remaining = std::max<Time>(0, item.remaining - done);
        }
        tell(TraceEvent::interrupt, row.element, item.number, item.attempt,
             kernel::to_seconds(item.remaining));
        happens(item_index, Metric::interrupted, Happened::interrupted);
    }
    unlink(index);
    shift(item.stage, item.load, &StageCounts::working, -1);
    item.holding = none;
    item.where = Where::moving;
    give_back(index);
    if (how == Interrupted::lose) {
        item.remaining = -1;
        item.attempt_begun = false;
        if (row.pipeline != none) return instance_ended(item_index, false);
        return lose(item_index, TraceEvent::give_up);
    }
    queue(item_index, true);
}

void State::shed_excess(Index index) {
    PoolState& pool = pools_[index];
    const PoolRow& row = model_->pools[index];
    auto too_many = [&](const Holding& holding) {
        if (pool.down > 0) return true;
        if (row.told_apart.empty()) return pool.busy > pool.capacity;
        for (Index placing = holding.placements; placing != none; placing = placings_[placing].next) {
            const NeedRow& need = model_->stages[holding.stage].needs[placings_[placing].need];
            if (need.pool == index && placings_[placing].worker >= pool.capacity) return true;
        }
        return false;
    };
    // Newest first: work that has come further goes on. Holdings of other lines may have units of this pool
    // too. An interruption may end others (a whole that is lost, a run that fails), so all are listed first.
    struct AtWork {
        Index holding, item;
        std::uint64_t number;
    };
    std::vector<AtWork> at_work;
    for (const Index line : row.lines)
        for (Index at = pools_[line].newest; at != none; at = holdings_[at].previous) {
            const auto& needs = model_->stages[holdings_[at].stage].needs;
            if (std::any_of(needs.begin(), needs.end(), [&](const NeedRow& n) { return n.pool == index; }))
                at_work.push_back({at, holdings_[at].item, items_[holdings_[at].item].number});
        }
    for (const AtWork& one : at_work) {
        const Holding& holding = holdings_[one.holding];
        if (holding.in_use && holding.item == one.item && items_[one.item].number == one.number &&
            too_many(holding))
            interrupt(one.holding);
    }
}

void State::workers_changed(Index index) {
    PoolState& pool = pools_[index];
    const PoolRow& row = model_->pools[index];
    const double wanted = parameters_.numbers[row.workers];
    pool.capacity = std::isinf(wanted) ? unlimited : std::max<std::int64_t>(0, std::llround(wanted));
    if (!row.told_apart.empty()) {
        pool.capacity = std::min<std::int64_t>(pool.capacity, std::ssize(row.told_apart));
        pool.cores = 0;
        for (std::int64_t i = 0; i < pool.capacity; ++i)
            pool.cores += row.told_apart[static_cast<std::size_t>(i)].cores;
        for (std::size_t i = 0; i < pool.workers.size(); ++i)
            if (pool.workers[i].held == 0) {
                pool.workers[i].cores_free = row.told_apart[i].cores;
                pool.workers[i].memory_free = row.told_apart[i].memory_bytes;
            }
    }
    shed_excess(index);
    mark(index);
    refresh_pool(index);
    for (const Index stage : row.stages) refresh_stage(stage);
    refresh_system();
}

// ---- who is next

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

void State::dispatch(Index index) {
    const PoolRow& row = model_->pools[index];
    auto valid = [&](const Line::Entry& entry) {
        return items_[entry.item].ticket == entry.ticket && items_[entry.item].where == Where::waiting;
    };
    auto take = [&](Index item) {
        withdraw(item);
        begin(item);
    };
    if (row.lines.size() == 1) {
        const Index line = row.lines.front();
        if (pools_[line].waiting == 0) return;
        const bool blocks = model_->pools[line].backfill == Backfill::never;
        auto look = [&](const Line::Entry& entry) {
            const Index stage = items_[entry.item].stage;
            if (stages_[stage].halted > 0) return Line::Look::passed;
            if (!fits(model_->stages[stage])) return blocks ? Line::Look::end : Line::Look::passed;
            take(entry.item);
            return Line::Look::taken;
        };
        auto choose = [&](std::size_t n) {
            const double u =
                uniform(model_->pools[line].element, Purpose::order, ++pools_[line].choices, 0, 0);
            return static_cast<std::size_t>(u * static_cast<double>(n));
        };
        pools_[line].line.scan(valid, look, choose);
        return;
    }
    // Heads of several lines wait for this pool: larger priority first, then who came first.
    std::vector<Index> lines = row.lines;
    while (!lines.empty()) {
        std::size_t best = lines.size();
        std::pair<double, std::pair<Time, std::uint64_t>> best_rank;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const Line::Entry* head =
                pools_[lines[i]].waiting > 0 ? pools_[lines[i]].line.head(valid) : nullptr;
            if (!head) continue;
            const Item& item = items_[head->item];
            const auto rank = std::pair(head->key, std::pair(item.queued, item.number));
            if (best == lines.size() || rank < best_rank) {
                best = i;
                best_rank = rank;
            }
        }
        if (best == lines.size()) return;
        const Index line = lines[best];
        const bool blocks = model_->pools[line].backfill == Backfill::never;
        bool started = false;
        auto look = [&](const Line::Entry& entry) {
            if (started) return Line::Look::end;
            const Index stage = items_[entry.item].stage;
            if (stages_[stage].halted > 0) return Line::Look::passed;
            if (!fits(model_->stages[stage])) return blocks ? Line::Look::end : Line::Look::passed;
            take(entry.item);
            started = true;
            return Line::Look::taken;
        };
        auto choose = [&](std::size_t n) {
            const double u =
                uniform(model_->pools[line].element, Purpose::order, ++pools_[line].choices, 0, 0);
            return static_cast<std::size_t>(u * static_cast<double>(n));
        };
        pools_[line].line.scan(valid, look, choose);
        if (!started) lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(best));
    }
}

}  // namespace understudy::models
