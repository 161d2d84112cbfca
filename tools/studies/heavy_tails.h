// Where services, or whatever else time goes by, vary so much that what waits behind them has no variance: Student's
// interval of a mean then holds it less often than it says, however long the run.
//
// In an M/G/1 queue the wait has a finite variance only if the service has a third moment (Pollaczek and Khinchine's
// second moment); with s workers to spare, the number of workers less the whole part of the load, the wait has its k-th
// moment if the service has one of 1 + k / s (Scheller-Wolf and Vesilo 2006, Queueing Systems 54:3). A stay is as heavy
// as what it is made of. Of the laws only Pareto's lacks moments. Sums and mixtures have those that all of their parts
// have, products of independent ones too; sizes, records and fields are followed from loads and `emits` through the
// graph.
//
// Who comes while a worker is away finds what is left of that time, which has a moment less than the whole: the mean wait
// behind pauses V (`poll`), the ways of a worker that circles (`switch`), starts and the like has E[V^2] / 2 E[V] in it
// (Levy and Yechiali 1975, Management Science 22:2, for pauses; Welch 1964, Operations Research 12:5, for starts; Fuhrmann
// and Cooper 1985, Operations Research 33:5, for whatever takes workers away), so that it is infinite for a shape of up to
// 2, and has no variance for one of up to 3. Where s workers have to be away at once for the others to be too few, each by
// itself, the wait has the moments below s (shape - 1); s that are started together have one start each that whoever comes
// finds begun: s shape - 1. Times between arrivals: tools/studies/heavy_arrivals.h. Pure, thread-safe.
#pragma once

#include <cstdint>
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

/// At the stage or task that it is met at, the load that is late or comes irregularly, or the dataset that is old.
struct HeavyTail : Surroundings {
    explicit HeavyTail(Surroundings at) : Surroundings(std::move(at)) {}

    /// What it is the tail of.
    enum class What : std::uint8_t {
        stay,
        delay,      ///< of a load: what is counted from birth alone
        gathering,  ///< in a batch or a join that is not complete
        age,        ///< of what gathers so, over time
        freshness,  ///< of a dataset
        number,     ///< of a load's items over time: `moments` are those of the time that they take to come
    };
    std::string cause;    ///< "its service", "a pause between its attempts"
    double shape = 0;     ///< of the Pareto law behind it
    double moments = 0;   ///< it has the moments below this one; at most 2
    bool in_line = true;  ///< of a stay: waits have no variance, and so stays; else stays alone
    What what = What::stay;
};
std::vector<HeavyTail> heavy_tails(const models::Scenario& scenario, const models::ScenarioGraph& graph,
                                   std::span<const StationForecast> forecast);

/// "what waits at 'server' has no variance, as its service is pareto with shape 2.2: ..."
std::string warning_of(const HeavyTail& tail);

/// "its mean is infinite" or "it has no variance", where a measure is the mean, the spread or the extreme of what waits
/// behind one of them; else empty.
std::string why_no_variance(const models::Measure& measure, std::span<const HeavyTail> tails);

}  // namespace understudy::studies
