// What stands around an element in the flow of items, and which measures see what happens at it.
//
// Pure, thread-safe.
#pragma once

#include <set>
#include <string>

#include "models/graph.h"
#include "models/measure.h"

namespace understudy::studies {

struct Surroundings {
    std::string place;              ///< a stage, a task or a load
    std::set<std::string> here;     ///< the place, its pools, and the pipeline of a task
    std::set<std::string> before;   ///< what items pass before they are there, the place included
    std::set<std::string> behind;   ///< what they come to, the place included
    std::set<std::string> loads;    ///< that come there
    std::set<std::string> landing;  ///< streams behind it whose latencies are from birth to landing

    /// Is that of the place, of a load that comes there, or of the whole?
    bool is_of(const models::Measure& measure) const;
    /// Does a latency have the time in it that items spend at the place?
    bool is_on_the_way(const models::Measure& latency) const;
};

Surroundings around(models::GraphIndex vertex, const models::ScenarioGraph& graph);

}  // namespace understudy::studies
