// Where services, or whatever else time goes by, vary so much that what waits behind them has no variance: Student's
// interval of a mean then holds it less often than it says, however long the run.
//
// In an M/G/1 queue the wait has a finite variance only if the service has a third moment (Pollaczek and Khinchine's
// second moment); with s workers to spare, the number of workers less the whole part of the load, the wait has its k-th
// moment if the service has one of 1 + k / s (Scheller-Wolf and Vesilo 2006, Queueing Systems 54:3). A stay is as heavy
// as what it is made of. Of the laws only Pareto's lacks moments. Sums and mixtures have those that all of their parts
// have, products of independent ones too; sizes, records and fields are followed from loads and `emits` through the
// graph. Pure, thread-safe.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/graph.h"
#include "models/measure.h"
#include "models/scenario.h"
#include "tools/studies/result.h"
#include "tools/studies/surroundings.h"

namespace understudy::studies {

/// At the stage or task that it is met at, or the load that is late.
struct HeavyTail : Surroundings {
    explicit HeavyTail(Surroundings at) : Surroundings(std::move(at)) {}

    std::string cause;         ///< "its service", "a pause between its attempts"
    double shape = 0;          ///< of the Pareto law behind it
    double moments = 0;        ///< what waits, or stays, has the moments below this one; at most 2
    bool in_line = true;       ///< waits have no variance, and so stays; else stays alone
    bool since_birth = false;  ///< of a load: what is counted from birth alone
};
std::vector<HeavyTail> heavy_tails(const models::Scenario& scenario, const models::ScenarioGraph& graph,
                                   std::span<const StationForecast> forecast);

/// "its mean is infinite" or "it has no variance", where a measure is the mean, the spread or the extreme of what waits
/// behind one of them; else empty.
std::string why_no_variance(const models::Measure& measure, std::span<const HeavyTail> tails);

}  // namespace understudy::studies
