// The state of one replication at an instant, as another simulation can begin with it.
//
// Pure and thread-safe; the same model, seed and index give the same snapshot. What happens at the instant itself has not
// happened: a simulation that goes on from there does it. A state holds items in lines, at work (with how much of their
// work is done, not with what is left of it, which nobody knows in a real system), in pauses and at full queues behind,
// runs of pipelines, budgets, and how fresh datasets are.
#pragma once

#include <memory>
#include <string>

#include "models/compile/model.h"
#include "models/initial_state.h"
#include "models/simulation/replication.h"

namespace understudy::models {

struct Snapshot {
    InitialState state;   ///< what it cannot hold stands in it as missing
    std::string stopped;  ///< why the replication ended before the instant; empty: it did not
};

/// Of `options` its seed and index count. `at` is above 0 and within the run.
Snapshot snapshot_at(const std::shared_ptr<const Model>& model, const ReplicationOptions& options,
                     kernel::Time at);

}  // namespace understudy::models
