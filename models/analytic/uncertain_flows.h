// Where the equations of traffic say more, or less, than there will be: behind queues that drop, windows, timeouts, batches that
// close early, parts, copies and splits.
//
// What comes there is an upper bound, or a lower one, and nothing that hangs on it is exact. Pure, thread-safe.
#pragma once

#include <map>
#include <string>

#include "models/graph.h"
#include "models/scenario.h"

namespace understudy::models {

/// Items that come may be dropped, give up or be forgotten before they are served.
bool sheds(const Scenario& scenario, const Stage& stage);
/// It reads a dataset with a retention.
bool forgets_what_waits(const Scenario& scenario, const Stage& stage);

struct UncertainFlows {
    /// Stages at which, or before which, there is less than the equations say, or more, and why.
    std::map<std::string, std::string> fewer, more;
};

/// `parts`: the most that an item of any load, or of what a stage makes of it, is parted into, on average.
UncertainFlows uncertain_flows(const Scenario& scenario, const ScenarioGraph& graph, double parts);

}  // namespace understudy::models
