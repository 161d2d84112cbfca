// Shared service: all that are there are served at once, in equal parts of the total speed (processor sharing).
//
// Instead of touching everybody whenever somebody comes or goes, the pool keeps a clock that runs as fast as each
// one is served: who comes knows at once at which reading it will be done, and only the first of them has an event.
// A change of the speed moves that event and nothing else.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

namespace {

constexpr auto done_later = [](const auto& a, const auto& b) {
    return a.until != b.until ? a.until > b.until : a.place > b.place;
};

}  // namespace

double State::speed_of_one(Index index) const {
    const PoolRow& row = model_->pools[index];
    return row.bandwidth == none ? row.speed
                                 : row.speed * parameters_.numbers[row.bandwidth] / row.bandwidth_given;
}

double State::total_speed(Index index, std::int64_t present) const {
    const PoolRow& row = model_->pools[index];
    const auto n = static_cast<double>(present);
    if (is_down(index) || pools_[index].capacity <= 0) return 0;
    const double one = speed_of_one(index);
    if (row.speedup.empty()) return one * std::min(n, static_cast<double>(pools_[index].capacity));
    double from = 0, speed = 0;
    for (const auto& [count, total] : row.speedup) {
        if (n <= count) return one * (speed + (total - speed) * (n - from) / (count - from));
        from = count;
        speed = total;
    }
    return one * speed;
}

double State::most_speed(Index index) const {
    const PoolRow& row = model_->pools[index];
    if (row.speedup.empty())
        return pools_[index].capacity == unlimited
                   ? INFINITY
                   : speed_of_one(index) * static_cast<double>(pools_[index].capacity);
    double most = 0;
    for (const auto& [count, total] : row.speedup) most = std::max(most, total);
    return speed_of_one(index) * most;
}

double State::shared_clock(Index index) const {
    const Shared& shared = pools_[index].shared;
    return shared.clock + shared.speed * static_cast<double>(now() - shared.since);
}

void State::plan_shared(Index index) {
    Shared& shared = pools_[index].shared;
    simulation_->cancel(shared.next);
    shared.next = kernel::no_event;
    const auto gone = [&] {
        const Shared::Entry& entry = shared.heap.front();
        return holdings_[entry.holding].shared_place != entry.place;
    };
    while (!shared.heap.empty() && gone()) {
        std::pop_heap(shared.heap.begin(), shared.heap.end(), done_later);
        shared.heap.pop_back();
    }
    // Small readings are the finest: with nobody there it starts again.
    shared.clock = shared.present > 0 ? shared_clock(index) : 0;
    shared.since = now();
    shared.speed =
        shared.present > 0 ? total_speed(index, shared.present) / static_cast<double>(shared.present) : 0;
    if (shared.speed <= 0) return;
    const double wait = std::max(0.0, shared.heap.front().until - shared.clock) / shared.speed;
    shared.next =
        schedule(kernel::later(now(), kernel::from_seconds(wait * 1e-9)), EventKind::shared, index, 0);
}

void State::share(Index holding) {
    const Index pool = model_->stages[holdings_[holding].stage].line_pool;
    Shared& shared = pools_[pool].shared;
    Holding& held = holdings_[holding];
    held.shared_until = shared_clock(pool) + static_cast<double>(items_[held.item].remaining);
    held.shared_place = ++shared.places;
    shared.heap.push_back({held.shared_until, held.shared_place, holding});
    std::push_heap(shared.heap.begin(), shared.heap.end(), done_later);
    if (++shared.present == 1) shared.since = now();
    plan_shared(pool);
}

void State::leave_shared(Index holding) {
    const Index pool = model_->stages[holdings_[holding].stage].line_pool;
    holdings_[holding].shared_place = 0;
    --pools_[pool].shared.present;
    plan_shared(pool);
}

void State::first_shared_done(Index pool) {
    Shared& shared = pools_[pool].shared;
    shared.next = kernel::no_event;
    // Planned for the first: whether the clock reads what it should is a matter of rounding.
    service_ends(shared.heap.front().holding);
}

}  // namespace understudy::models
