// Where services vary so much that what waits behind them has no variance: Student's interval of a mean then holds it
// less often than it says, however long the run.
//
// In an M/G/1 queue the wait has a finite variance only if the service has a third moment (Pollaczek and Khinchine's
// second moment); with s workers to spare, the number of workers less the whole part of the load, if it has moments
// beyond 1 + 2 / s (Scheller-Wolf and Vesilo 2006, Queueing Systems 54:3). Of the laws only Pareto's lacks moments.
// Pure, thread-safe.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/measure.h"
#include "models/scenario.h"
#include "tools/studies/result.h"

namespace understudy::studies {

struct HeavyTail {
    std::string stage;
    double shape = 0;  ///< of the Pareto law it is served by
};
std::vector<HeavyTail> heavy_tails(const models::Scenario& scenario,
                                   std::span<const StationForecast> forecast);

/// Whether a measure is of what waits behind one of them, or of a spread that is infinite.
bool has_no_variance(const models::Measure& measure, std::span<const HeavyTail> tails);

}  // namespace understudy::studies
