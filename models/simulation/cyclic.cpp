// Cyclic order: each worker visits the stages one after the other, in the order of their names, and takes only what
// waits where it is (polling systems, Takagi 1986).
//
// It goes on circling when nobody waits anywhere, unless turning takes no time: then it stays where it is.
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;
using Phase = WorkerLife::Phase;

void State::arrive_at(Index index, Index worker, Index position) {
    const PoolRow& row = model_->pools[index];
    PoolState& pool = pools_[index];
    WorkerLife& life = pool.lives[worker];
    life.position = position;
    life.takes = life.gate = UINT64_MAX;
    switch (row.visits) {
        case Visits::exhaustive: break;
        case Visits::gated: life.gate = pool.lanes[position].line.last_ticket(); break;
        case Visits::limited: life.takes = static_cast<std::uint64_t>(row.visit_limit); break;
    }
    if (position > 0) return;
    if (life.cycle_began >= 0) meter_.observe(row.element, Metric::cycle, now() - life.cycle_began, none, 0);
    life.cycle_began = now();
}

void State::dispatch_cyclic(Index index) {
    const PoolRow& row = model_->pools[index];
    PoolState& pool = pools_[index];
    if (is_down(index)) return;
    for (Index worker = 0; worker < pool.lives.size(); ++worker) {
        if (!is_usable(index, worker) || pool.workers[worker].held > 0) continue;
        WorkerLife& life = pool.lives[worker];
        for (std::int64_t turns = 0;; ++turns) {
            const Index next = life.takes > 0 ? head_of(index, life.position) : none;
            if (next != none && items_[next].ticket <= life.gate && stages_[items_[next].stage].halted == 0 &&
                can_pay(items_[next].stage, next)) {
                // What was cut off here has been counted.
                if (!items_[next].attempt_begun) --life.takes;
                withdraw(next);
                begin(next, static_cast<std::int32_t>(worker));
                break;
            }
            if (row.turning != none) {
                change_phase(index, worker, Phase::turning);
                const Time takes = draw_of_worker(index, worker, row.turning, Purpose::setup);
                life.turn = schedule(kernel::later(now(), takes), EventKind::turn, index, worker);
                break;
            }
            if (turns == row.lanes) break;
            arrive_at(index, worker, (life.position + 1) % static_cast<Index>(row.lanes));
        }
    }
}

}  // namespace understudy::models
