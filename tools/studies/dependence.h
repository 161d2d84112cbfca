// How much a run tells about its tails: over how many stretches of time, as good as independent of each other, its state
// was seen. Internal to tools/studies.
//
// Waits of one busy period are alike, and p(99) is a matter of the few longest ones. How many there were cannot be told
// from how little replications differ, which is known badly where few of them have anything beyond the quantile: by
// chance they agree. So it is told from how long the number of items in the system remembers. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "kernel/time.h"
#include "models/measure.h"
#include "tools/studies/run.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

/// Where run.warm_up is found, what is looked at: the probe of present(), of runs with a steady state; nothing of runs
/// until empty, with pipelines, or where it is not measured.
std::optional<std::size_t> probe_of_state(const PreparedRun& prepared);

struct Dependence {
    double lengths = 0;    ///< relaxation times in one replication, warm-up included
    double stretches = 0;  ///< independent ones after it, in all replications: two relaxation times each
};
/// From present() in each replication. Nothing for fewer than two, or where it remembers less than two places: then
/// nothing is known but that it is short; nor where something is offered more than it can do.
std::optional<Dependence> dependence(const PreparedRun& prepared,
                                     std::span<const std::vector<double>> present, kernel::Time warm_up);

/// So many times as many stretches it takes for an interval of this quantile; at most 1 where there are enough, or
/// where they are not known, or not what matters: fewer items than stretches do not depend on each other.
double times_for_tail(const models::Measure& measure, const Seen& seen);

}  // namespace understudy::studies
