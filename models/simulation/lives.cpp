// Lives of workers: those that find nothing to do look again later (poll), or are put off after a while and start
// again when they are wanted (a range of workers).
//
// Nothing here gives out work: dispatch() does, and asks rest() what becomes of the workers it had nothing for.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;
using Phase = WorkerLife::Phase;

void State::start_lives(Index index) {
    const PoolRow& row = model_->pools[index];
    PoolState& pool = pools_[index];
    if (!row.has_lives) return;
    pool.lives.resize(row.told_apart.size());
    if (row.lines_by == Lines::stages)
        for (Index worker = 0; worker < pool.lives.size(); ++worker) arrive_at(index, worker, 0);
    if (!row.scales) return;
    // The least there may be are there from the start.
    pool.on = std::ssize(pool.lives);
    for (std::size_t worker = static_cast<std::size_t>(row.least); worker < pool.lives.size(); ++worker)
        change_phase(index, static_cast<Index>(worker), Phase::off);
    if (row.scale.every) schedule(*row.scale.every, EventKind::control, index, 0);
}

kernel::Time State::draw_of_worker(Index pool, Index worker, Index law, Purpose purpose) {
    if (law == none) return 0;
    Item address;
    address.identity = kernel::mix_bits(worker + std::uint64_t{1}) + pools_[pool].lives[worker].draws++;
    return kernel::from_seconds(draw(law, model_->pools[pool].element, purpose, address, none, 0));
}

void State::change_phase(Index index, Index worker, Phase phase) {
    PoolState& pool = pools_[index];
    WorkerLife& life = pool.lives[worker];
    if (life.phase == phase) return;
    note_use(index);
    simulation_->cancel(life.turn);
    life.turn = kernel::no_event;
    life.idle_until = -1;
    if (model_->pools[index].scales) {
        const auto count = [&](Phase one, std::int64_t by) {
            if (one == Phase::starting) pool.starting += by;
            if (one == Phase::up) {
                pool.on += by;
                pool.cores += static_cast<double>(by) * model_->pools[index].told_apart[worker].cores;
            }
        };
        count(life.phase, -1);
        count(phase, 1);
        refresh_pool(index);
        refresh_system();
    }
    life.phase = phase;
}

void State::take_worker(Index index, Index worker) {
    WorkerLife& life = pools_[index].lives[worker];
    life.idle_until = -1;
    simulation_->cancel(life.turn);
    life.turn = kernel::no_event;
}

void State::rest(Index index) {
    const PoolRow& row = model_->pools[index];
    PoolState& pool = pools_[index];
    if (row.scales) return follow_line(index);
    if (row.poll == none || is_down(index)) return;
    for (Index worker = 0; worker < pool.lives.size(); ++worker) {
        if (!is_usable(index, worker) || pool.workers[worker].held > 0) continue;
        change_phase(index, worker, Phase::away);
        const Time pause = draw_of_worker(index, worker, row.poll, Purpose::think);
        pool.lives[worker].turn = schedule(kernel::later(now(), pause), EventKind::turn, index, worker);
    }
}

void State::turn(Index index, Index worker) {
    WorkerLife& life = pools_[index].lives[worker];
    life.turn = kernel::no_event;
    const bool turned = life.phase == Phase::turning;
    // One that has been idle for long enough is put off by rest(), if it still has nothing to do.
    change_phase(index, worker, Phase::up);
    if (turned)
        arrive_at(index, worker, (life.position + 1) % static_cast<Index>(model_->pools[index].lanes));
    mark(index);
}

void State::start_worker(Index index) {
    PoolState& pool = pools_[index];
    const auto off = std::find_if(pool.lives.begin(), pool.lives.end(),
                                  [](const WorkerLife& life) { return life.phase == Phase::off; });
    const auto worker = static_cast<Index>(off - pool.lives.begin());
    off->started = ++pool.starts;
    const Index law = model_->pools[index].start_up;
    const Time takes = draw_of_worker(index, worker, law, Purpose::setup);
    if (takes <= 0) {
        change_phase(index, worker, Phase::up);
        return mark(index);
    }
    change_phase(index, worker, Phase::starting);
    pool.lives[worker].turn = schedule(kernel::later(now(), takes), EventKind::turn, index, worker);
}

void State::start_least(Index index) {
    PoolState& pool = pools_[index];
    while (pool.on + pool.starting < std::min(model_->pools[index].least, pool.capacity)) start_worker(index);
}

void State::cancel_start(Index index) {
    PoolState& pool = pools_[index];
    Index newest = none;
    for (Index worker = 0; worker < pool.lives.size(); ++worker)
        if (pool.lives[worker].phase == Phase::starting &&
            (newest == none || pool.lives[worker].started > pool.lives[newest].started))
            newest = worker;
    change_phase(index, newest, Phase::off);
}

}  // namespace understudy::models
