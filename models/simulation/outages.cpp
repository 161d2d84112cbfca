// Outages: workers that fail and are repaired, stop for a checkpoint or for maintenance.
//
// Each outage has one clock for all workers of its pool, or one for each. A clock of `up` runs from repair to
// failure, by the calendar or only while the worker holds something; a clock with a schedule goes by its instants.
// What a worker that goes down has at work is cut off and waits at the head of the line, where any other worker may
// take it up: that is no wait, its service stands still.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

void State::start_outages(Index index) {
    const PoolRow& row = model_->pools[index];
    PoolState& pool = pools_[index];
    for (Index outage = 0; outage < row.outages.size(); ++outage) {
        const std::size_t clocks = row.outages[outage].takes_all ? 1 : pool.lives.size();
        for (std::size_t worker = 0; worker < clocks; ++worker) {
            OutageState state;
            state.outage = outage;
            state.worker = row.outages[outage].takes_all ? -1 : static_cast<std::int32_t>(worker);
            pool.outages.push_back(state);
        }
    }
    for (Index outage = 0; outage < pool.outages.size(); ++outage) plan_outage(index, outage);
}

double State::draw_of_outage(Index pool, const OutageState& outage, Index law, Purpose purpose) {
    // Its address: the outage, the worker, and how often it has come.
    Item address;
    const std::uint64_t name = model_->pools[pool].outages[outage.outage].name_hash;
    address.identity = kernel::mix_bits(name + static_cast<std::uint64_t>(outage.worker + 1)) + outage.times;
    return draw(law, model_->pools[pool].element, purpose, address, none, 0);
}

void State::plan_outage(Index index, Index number) {
    OutageState& outage = pools_[index].outages[number];
    const OutageRow& row = model_->pools[index].outages[outage.outage];
    if (row.up != none) {
        outage.left = kernel::from_seconds(draw_of_outage(index, outage, row.up, Purpose::outage));
        if (row.busy_clock) return run_busy_clocks(index);
        outage.event = schedule(kernel::later(now(), outage.left), EventKind::outage, index, number);
        return;
    }
    // Instants that have come while it was on are passed over.
    Time next = kernel::never;
    if (row.period > 0) {
        const auto passed = static_cast<std::uint64_t>((now() + row.period - 1) / row.period);
        outage.times = std::max(outage.times, passed);
        next = static_cast<Time>(outage.times) * row.period;
    } else {
        while (outage.times < row.starts.size() && row.starts[outage.times] < now()) ++outage.times;
        if (outage.times < row.starts.size()) next = row.starts[outage.times];
    }
    outage.at = next;
    outage.event = schedule(next, EventKind::outage, index, number);
}

void State::outage(Index index, Index number) {
    std::vector<OutageState>& outages = pools_[index].outages;
    const Index which = outages[number].outage;
    const OutageRow& row = model_->pools[index].outages[which];
    if (outages[number].on) {
        change_outage(index, number, false);
        plan_outage(index, number);
    } else {
        // Workers that go by one schedule go together: what one has at work must not be taken up by the next.
        for (Index other = 0; other < outages.size(); ++other) {
            OutageState& outage = outages[other];
            const bool same = other == number ||
                              (row.up == none && outage.outage == which && !outage.on && outage.at == now());
            if (!same) continue;
            if (other != number) simulation_->cancel(outage.event);
            outage.running = false;
            const double lasts = draw_of_outage(index, outage, row.lasts, Purpose::repair);
            ++outage.times;
            outage.event =
                schedule(kernel::later(now(), kernel::from_seconds(lasts)), EventKind::outage, index, other);
            change_outage(index, other, true);
        }
        shed_excess(index, row.interrupted);
    }
    look_again_at(index);
}

void State::look_again_at(Index index) {
    if (model_->pools[index].order == Order::shared) plan_shared(index);
    plan_transfers();
    mark(index);
    refresh_pool(index);
    for (const Index stage : model_->pools[index].stages) refresh_stage(stage);
}

void State::change_outages_on(Index index, std::int32_t step) {
    pools_[index].outages_on += step;
    look_again_at(index);
}

void State::change_outage(Index index, Index number, bool on) {
    PoolState& pool = pools_[index];
    OutageState& outage = pool.outages[number];
    outage.on = on;
    if (outage.worker < 0)
        pool.outages_on += on ? 1 : -1;
    else
        pool.lives[static_cast<std::size_t>(outage.worker)].downs += on ? 1U : -1U;
}

void State::run_busy_clocks(Index index) {
    PoolState& pool = pools_[index];
    for (Index number = 0; number < pool.outages.size(); ++number) {
        OutageState& outage = pool.outages[number];
        if (outage.on || !model_->pools[index].outages[outage.outage].busy_clock) continue;
        const bool runs = outage.worker < 0 ? pool.busy > 0
                                            : pool.workers[static_cast<std::size_t>(outage.worker)].held > 0;
        if (runs == outage.running) continue;
        outage.running = runs;
        if (runs) {
            outage.at = now();
            outage.event = schedule(kernel::later(now(), outage.left), EventKind::outage, index, number);
        } else {
            simulation_->cancel(outage.event);
            outage.left -= now() - outage.at;
        }
    }
}

double State::share_down(Index index) const {
    const PoolState& pool = pools_[index];
    if (is_down(index)) return 1;
    if (pool.lives.empty() || pool.capacity <= 0) return 0;
    // Of a pool that scales also those that are off: they would fail as well.
    const bool all = model_->pools[index].scales;
    const auto down = std::count_if(pool.lives.begin(), pool.lives.end(), [&](const WorkerLife& life) {
        return life.downs > 0 && (all || life.phase != WorkerLife::Phase::off);
    });
    return static_cast<double>(down) / static_cast<double>(all ? std::ssize(pool.lives) : pool.capacity);
}

}  // namespace understudy::models
