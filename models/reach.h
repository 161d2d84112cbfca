// What of a scenario can change what is measured of it, and the scenario with nothing else in it.
//
// Whatever comes before in the flow is reached, whoever shares workers, links or budgets with it, what pushes back or
// is looked at from where it stands: queues that block, joins, closed loops, `shortest`, conditions. The rest takes
// what it is given and answers nobody, so that it can be left out and every draw, and with them every measured value,
// stays the same to the last bit. In doubt something is reached: where a run goes on until nothing is left to do, begins
// with a state, or measures the whole system, all of it is.
#pragma once

#include <string>
#include <vector>

#include "models/graph.h"
#include "models/measure.h"
#include "models/scenario.h"

namespace understudy::models {

struct ReachedPart {
    /// Without stages, pools, budgets and pipelines that are not reached, nor actions on them. Loads that are not keep
    /// their names, fields and classes, but nothing arrives.
    Scenario scenario;
    std::vector<std::string>
        left_out;  ///< loads, stages, pools, budgets and pipelines, in the order of the graph
};

/// `scenario` is without errors (models/check.h), `graph` its own. Without measures all is reached.
ReachedPart reached_by(const std::vector<Measure>& measures, Scenario scenario, const ScenarioGraph& graph);

/// Of these elements, by name, those that may change what is measured; one that the graph does not have may change
/// anything. Alerts change nothing. In doubt one may.
std::vector<std::string> that_may_change(const Measure& measure, const std::vector<std::string>& elements,
                                         const Scenario& scenario, const ScenarioGraph& graph);

}  // namespace understudy::models
