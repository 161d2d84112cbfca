// Shared service: all that are there are served at once, in equal parts of the total speed (processor sharing).
//
// Instead of touching everybody whenever somebody comes or goes, the pool keeps a clock that runs as fast as each
// one is served: who comes knows at once at which reading it will be done, and only the first of them has an event.
// A change of the speed moves that event and nothing else.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

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

void State::plan_shared(Index index) {
    SharedService& shared = pools_[index].shared;
    EqualShare& share = shared.share;
    simulation_->cancel(shared.next);
    shared.next = kernel::no_event;
    share.advance(static_cast<double>(now() - shared.since), [&](const EqualShare::Entry& entry) {
        return holdings_[entry.holding].shared_place != entry.place;
    });
    shared.since = now();
    share.rate =
        share.present > 0 ? total_speed(index, share.present) / static_cast<double>(share.present) : 0;
    if (share.rate <= 0) return;
    shared.next = schedule(kernel::later(now(), kernel::from_seconds(share.wait() * 1e-9)), EventKind::shared,
                           index, 0);
}

void State::share(Index holding) {
    const Index pool = model_->stages[holdings_[holding].stage].line_pool;
    SharedService& shared = pools_[pool].shared;
    Holding& held = holdings_[holding];
    held.shared_until = shared.reading(now()) + static_cast<double>(items_[held.item].remaining);
    held.shared_place = ++shared.places;
    shared.share.join({held.shared_until, held.shared_place, holding});
    if (shared.share.present == 1) shared.since = now();
    plan_shared(pool);
}

void State::leave_shared(Index holding) {
    const Index pool = model_->stages[holdings_[holding].stage].line_pool;
    holdings_[holding].shared_place = 0;
    --pools_[pool].shared.share.present;
    plan_shared(pool);
}

void State::first_shared_done(Index pool) {
    SharedService& shared = pools_[pool].shared;
    shared.next = kernel::no_event;
    // Planned for the first: whether the clock reads what it should is a matter of rounding.
    service_ends(shared.share.first().holding);
}

}  // namespace understudy::models
