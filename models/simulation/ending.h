// How a replication ends: because it cannot go on, or because it is over. Internal to models/simulation.
#pragma once

#include <cstdint>

#include "models/simulation/replication.h"
#include "models/simulation/state.h"

namespace understudy::models {

/// Asked between blocks of events: time does not pass any more.
class Stillness {
public:
    static constexpr const char* reason =
        "time stands still: over 16 million things happen at one instant (a retry without a pause, a loop "
        "without a service?)";
    bool found(const Simulation& simulation) {
        if (simulation.now() == instant_)
            return simulation.events_handled() - before_ > std::uint64_t{1} << 24;
        instant_ = simulation.now();
        before_ = simulation.events_handled();
        return false;
    }

private:
    Time instant_ = 0;
    std::uint64_t before_ = 0;  ///< events
};

constexpr const char* outgrown_reason =
    "more than 10 million items are in the system: it receives more than it can do";

/// Takes what is measured. `whole`: the last event has been handled to its end, so that items can be counted.
void end_replication(Simulation& simulation, bool whole, ReplicationOutcome& outcome);

}  // namespace understudy::models
