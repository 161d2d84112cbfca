// Whether all that a measure depends on is the same in two scenarios: what comes before it in the flow, who shares workers with
// it, and what pushes back (models/reach.h). Then each replication of both gives it the same value, whatever differs beside it.
//
// Compared is what would be written of them, so that how a value is spelled, and its unit, does not count; names do, as random
// numbers go by them. In doubt it is not the same: where loads come from recorded logs. Pure.
#pragma once

#include <functional>
#include <string>

#include "models/measure.h"
#include "models/scenario.h"

namespace understudy::studies {

/// A scenario as text, the same for the same scenario and no other (formats::write_scenario).
using ScenarioWriting = std::function<std::string(const models::Scenario&)>;

/// Both are without errors (models/check.h).
bool same_part(const models::Measure& measure, const models::Scenario& one, const models::Scenario& other,
               const ScenarioWriting& write);

}  // namespace understudy::studies
