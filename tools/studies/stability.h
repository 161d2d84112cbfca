// Whether a run has a steady state that can be judged: what the forecast says of it, and what was seen.
//
// An overload is the matter of whatever waits for it. Behind it less arrives, and that is steady; freshness,
// latencies over several stages and figures of the whole system carry its backlog with them. Pure, thread-safe.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "models/graph.h"
#include "tools/studies/judge.h"
#include "tools/studies/result.h"

namespace understudy::studies {

/// The pools (and stages with workers of their own) that measures depend on having enough of.
class PoolsNeeded {
public:
    explicit PoolsNeeded(const models::Scenario& scenario);

    std::set<std::string> by(const models::Measure& measure) const;
    const models::ScenarioGraph& graph() const { return graph_; }

private:
    models::ScenarioGraph graph_;
    /// A full queue that blocks hands an overload on to what comes before it: then all depend on all.
    bool blocks_;
};

/// How the number in line changed over a run.
struct GrownLine {
    double first = 0, second = 0;  ///< its mean over the first and the second half
};
/// Nothing unless it grew: in each quarter more than in the one before, and in the second half by half as much again as
/// in the first, beyond what replications differ by at the confidence. `waiting`: [replication][interval], what
/// comes before `from` is left out.
std::optional<GrownLine> grown_line(std::span<const std::vector<double>> waiting, std::size_t from,
                                    double confidence);

/// Does anything change over time, so that a line that has grown may shrink again?
bool varies_over_time(const models::Scenario& scenario);

/// "is offered 120% of what its workers can do", of a station that is not stable; of infinitely much without a number.
std::string how_much_is_offered(const StationForecast& station);

/// Empty, or a warning: the utilisation came out beside what was expected, by more than chance and 5 points.
std::string strays(const StationForecast& expected, const Estimate& simulated);

}  // namespace understudy::studies
