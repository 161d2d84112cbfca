// What has landed in a dataset over a time, where the clocks of loads tell it.
#pragma once

#include <optional>
#include <string>

#include "models/graph.h"
#include "models/scenario.h"

namespace understudy::studies {

/// After `after`, up to and with `until`, on the clock of the run. Nothing where it is not known: where others than loads
/// write the dataset, or loads whose intervals differ, or where items came and how large they were is random.
std::optional<models::PresentAmount> landed_by_clock(const models::Scenario& twin,
                                                     const models::ScenarioGraph& graph,
                                                     const std::string& dataset, kernel::Time after,
                                                     kernel::Time until);

}  // namespace understudy::studies
