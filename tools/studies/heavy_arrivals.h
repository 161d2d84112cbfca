// Where times between arrivals, or stays of their states, lack moments: what goes by when the next item comes.
//
// Who looks at a renewal process at any time finds what has passed and what is left of the interval that he looks into,
// which have a moment less than the interval: so the mean age of what came last is E[X^2] / 2 E[X] (Cox 1962, Renewal
// Theory, 5.4), infinite for a shape of up to 2, without a variance for one of up to 3. What gathers begins with an
// arrival, and waits for whole intervals. Where several loads come all of them have to stay away: what is left of each is
// independent, and the moments add up. Numbers of items over time have no law of large numbers with a square root where
// the intervals have no variance (Feller 1971, XI.5).
//
// In a state that brings more than can be done a line grows for as long as the state stays. More wait the longer it
// stays, and so waits have a moment less than the stay. Pure, thread-safe.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/graph.h"
#include "models/scenario.h"
#include "tools/studies/heavy_tails.h"

namespace understudy::studies {

/// Gatherings, ages, freshness and numbers.
std::vector<HeavyTail> tails_of_arrivals(const models::Scenario& scenario,
                                         const models::ScenarioGraph& graph);

struct HeavyBurst {
    std::string cause;   ///< "the stay of 'burst'"
    double moments = 0;  ///< the stay has the moments below this one
};
/// By pool, of stable ones: what brings more than it can do.
std::map<std::string, HeavyBurst> heavy_bursts(const models::Scenario& scenario,
                                               const models::ScenarioGraph& graph,
                                               std::span<const StationForecast> forecast);

}  // namespace understudy::studies
