// A replication that somebody steps through, and may take another way with: what rollbacks and canaries are rehearsed on.
//
//     Running now(model, options);
//     now.go_to(kernel::from_seconds(3600));      // up to and with that instant
//     Running fork = now;                         // a snapshot: both go on by themselves
//     fork.act(action, fork.now());               // an action of the model that has no time of its own
//     ReplicationOutcome outcome = std::move(fork).finish();
//
// A value. A copy draws the numbers that the original draws, so that what differs between forks of one state is what was
// done in them; one in which nothing is done gives the bytes of run_replication() (tests/models/simulation/running.cpp).
// The model has to have a length. An action acts as one that is due at that instant: before ends of service and arrivals.
//
// An action with the verb `yield` ends go_to() at its instant; which one it was tells yielded(). It can be gone on with.
// Not thread-safe; copies are independent of each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "kernel/time.h"
#include "models/compile/model.h"
#include "models/simulation/reading_gaps.h"
#include "models/simulation/replication.h"

namespace understudy::models {

class Running {
public:
    /// Of `options`: seed, index, mirrored, warm_up, full and stop.
    Running(const std::shared_ptr<const Model>& model, const ReplicationOptions& options);
    Running(const Running& other);
    Running(Running&&) noexcept;
    Running& operator=(Running&&) noexcept;
    ~Running();

    kernel::Time now() const;
    enum class Pause {
        reached,  ///< that instant, or the end of the run
        yielded,  ///< an action has handed over
        over,     ///< nothing will happen any more: it was broken off or ended itself, or `stop` was set
    };
    /// Handles all that happens up to and with an instant, or to where an action yields.
    Pause go_to(kernel::Time instant);
    /// The actions that have yielded since this was asked last, in order.
    std::vector<Index> yielded();
    /// Whether what an action waits for is so now, for as long as it has to be.
    bool has_come(Index action) const;

    /// What a stage that some action rewinds would not read again, of what it has read since an instant, if it went back so
    /// far at `at`, before which nothing more happens.
    RewindGap rewind_gap(Index stage, kernel::Time since, kernel::Time at, kernel::Time back) const;

    /// What the backfill of an action would not make anew at `at`, before which nothing more happens, of runs due since an
    /// instant.
    MadeUpGap made_up_gap(Index action, kernel::Time since, kernel::Time at) const;

    /// At an instant that is not over: `now` or later.
    void act(Index action, kernel::Time at);
    /// Takes back what an action that lasts has done.
    void undo(Index action, kernel::Time at);
    /// What is measured while an action is on is measured from now on; what there was of it is forgotten.
    void forget(Index action);

    /// What a replication that ended now would have measured, by probe. To look changes nothing; it copies the simulation.
    std::vector<std::optional<double>> values() const;

    /// What one probe has measured up to now.
    struct Look {
        std::optional<double> value;
        std::optional<kernel::Tally> tally;
        std::optional<kernel::Observed> observed;
    };
    /// Without a copy. Of a simulation that takes no plain path (`full`), and not of what is known at the end alone: the
    /// past, instants, deadlines and shares of those that waited.
    Look look(Index probe);

    /// How long those have taken so far whose latency, or wait, the probe is about, who have not come to its end, and have
    /// taken longer than `limit`; of the same simulations, and no more than `most` of them. Of a dataset, and of `a -> b`: of
    /// any arrival.
    std::vector<kernel::Time> overdue(Index probe, kernel::Time limit, std::size_t most = SIZE_MAX) const;

    /// To the end of the run; yields are passed over. `stop` gives nothing.
    std::optional<ReplicationOutcome> finish() &&;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace understudy::models
