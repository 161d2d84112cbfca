// From a scenario to its compiled model.
//
// Pure and thread-safe. Expects a scenario without errors of models/check.h; what only compilation can find
// (an action on a parameter that does not exist) is added to `problems`, and the result is then null if it is
// an error.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/compile/model.h"
#include "models/graph.h"
#include "models/problem.h"
#include "models/scenario.h"

namespace understudy::models {

/// `measures` become the model's probes, in their order; `series_of` names those (by position) kept as
/// series.
std::shared_ptr<const Model> compile(const Scenario& scenario, const ScenarioGraph& graph,
                                     const std::vector<Measure>& measures,
                                     const std::vector<bool>& keep_series, Problems& problems);

/// The measures every run reports beside those it was asked for: per station, pool, dataset and pipeline.
std::vector<Measure> default_measures(const Scenario& scenario, const ScenarioGraph& graph);

/// The unit of a measure in this scenario: what is counted at a pipeline are runs, at a task or at a pool that
/// tasks alone use tasks; money is in the scenario's currency.
std::string unit_of(const Measure& measure, const Scenario& scenario);

}  // namespace understudy::models
