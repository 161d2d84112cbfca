// A replication whose objectives are looked at while it goes on: when each begins to be broken, and when it is kept again.
//
// The run is cut into steps, one of which ends at Watch::from. At the end of each from then on an objective is looked at over
// the last `steps` of them together, or over as many as there are: of an average, a quantile, a share or a rate what was
// seen in all of them, of a greatest or least value each. Loads are open: an arrival, an item at a stage or a run of a
// pipeline that has not come to its end and has taken longer than the limit already counts as one that took so long. So
// nothing that comes out is no way to keep a promise. What was neither seen nor is overdue breaks nothing.
//
// In the same way what is over the limit as the run ends counts in the evidence of objectives over the whole run.
// Internal to tools/studies. No I/O; thread-safe as run_replication() is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/time.h"
#include "models/measure.h"
#include "models/scenario.h"
#include "models/simulation/replication.h"
#include "tools/studies/evidence.h"
#include "tools/studies/setting.h"

namespace understudy::studies {

/// The action that is on while it is watched, not a name that a file can have, and its text.
inline constexpr const char* watch_name = "(watch)";

/// Whether a promise can be looked at in any stretch of time.
bool can_be_watched(const models::Measure& measure);

/// Adds to a scenario whose objectives and measures are those that are asked what it takes to watch them.
void add_watch(models::Scenario& scenario, const Asked& asked);

/// Something that is now so and now not: the instants at which that changes, in seconds, the first of which is where it
/// begins to be so. As evidence a number of instants, then those.
struct Turns {
    std::vector<double> at;
    bool is_so(double instant) const;
    std::vector<Evidence> as_evidence() const;
    /// Takes one from a list, which goes on at `place` after it.
    static Turns of_evidence(const std::vector<Evidence>& evidence, std::size_t& place);
};

/// When it was not so what `well` says, of two alerts of which one is raised whenever it becomes so and the other whenever
/// it ceases to be.
Turns unwell_turns(const std::vector<models::Alert>& alerts, const std::string& well,
                   const std::string& unwell);

struct WatchedRun {
    models::ReplicationOutcome outcome;
    std::vector<Evidence> objectives;  ///< over the whole run
    std::vector<Turns> broken;         ///< by objective; of one that cannot be watched, never
};
/// `model`: of a scenario with add_watch(). Nothing if it was stopped.
std::optional<WatchedRun> run_watched(const std::shared_ptr<const models::Model>& model, const Asked& asked,
                                      const models::ReplicationOptions& options);

}  // namespace understudy::studies
