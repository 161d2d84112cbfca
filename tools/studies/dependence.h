// How much a run tells about its tails: over how many stretches of time, as good as independent of each other, its state
// was seen. Internal to tools/studies.
//
// Waits of one busy period are alike, and p(99) is a matter of the few longest ones. How many there were cannot be told
// from how little replications differ, which is known badly where few of them have anything beyond the quantile: by
// chance they agree. So it is told from how long the number of items present remembers: in the whole system, and at each
// station, as in a sum a slow one is hidden by another that has many items. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/measure.h"
#include "tools/studies/run.h"
#include "tools/studies/seen.h"
#include "tools/studies/stability.h"

namespace understudy::studies {

/// Where run.warm_up is found, and what measures depend on: probes of present(), of the whole and of each stage and pool.
class States {
public:
    /// Of runs with a steady state; none of runs until empty, with pipelines, or where it is not measured.
    explicit States(const PreparedRun& prepared);
    /// Probes, in order.
    const std::vector<std::size_t>& all() const { return all_; }
    /// Those that a measure depends on, as positions in all(): of a station its own and what shares its workers, of
    /// several all that come before, of the whole all; at least one where there are any.
    std::vector<std::size_t> of(const models::Measure& measure) const;

private:
    std::vector<std::size_t> all_;
    std::map<std::string, std::vector<std::size_t>> of_pool_;
    std::optional<PoolsNeeded> needed_;
};

struct Dependence {
    double lengths = 0;    ///< relaxation times in one replication, warm-up included
    double stretches = 0;  ///< independent ones after it, in all replications: two relaxation times each
    std::string of;        ///< the station that remembers for so long; empty: the whole system
};
/// Of each measure, from present() in each replication: `series` by probe. Nothing for fewer than two, or where it
/// remembers less than two places: then nothing is known but that it is short; nor where something is offered more than
/// it can do.
std::vector<std::optional<Dependence>> dependence(const PreparedRun& prepared,
                                                  std::span<const std::vector<std::vector<double>>> series,
                                                  kernel::Time warm_up);

/// A run of fewer relaxation times is too short for its warm-up to be told from the rest, and for its intervals.
constexpr double least_lengths = 40;
/// No where nothing is known.
bool is_short(const std::optional<Dependence>& dependence, double least = least_lengths);
/// Is it so for one of the first `count` measures?
bool is_short(std::span<const std::optional<Dependence>> dependence, std::size_t count,
              double least = least_lengths);

/// So many times as many stretches it takes for an interval of this quantile; at most 1 where there are enough, or
/// where they are not known, or not what matters: fewer items than stretches do not depend on each other.
double times_for_tail(const models::Measure& measure, const Seen& seen);

}  // namespace understudy::studies
