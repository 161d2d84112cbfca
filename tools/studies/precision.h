// How many replications it takes for intervals that are as narrow as asked.
//
// To look at an interval after each replication and to stop when it happens to be narrow holds the truth less often
// than it says (84 to 94 of 95 percent), as runs that vary little by chance stop early. So the number is planned on a
// pilot whose replications are then thrown away, and those that count are fresh: their number does not depend on them.
// Where they turn out too few, more are added, so that a look back is rare and late.
//
// Half an interval is held against the estimate less what it may be off (Law 2015, Simulation Modeling and Analysis,
// 9.4.1: c / (1 + c)), so that the error is relative to the truth. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tools/studies/result.h"
#include "tools/studies/run.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

constexpr std::int64_t first_pilot = 20, largest_pilot = 160;
/// No more than so many, whatever is asked: what they would settle is smaller than any model is right.
constexpr std::int64_t most_for_precision = 10'000;

/// So many of them, and no fewer than are asked for: the series of more would fill the memory.
std::int64_t most_replications(const PreparedRun& prepared);

/// Whether the interval is narrow enough. That of an estimate of 0 is held against `scale` (the limit of an objective);
/// where that is 0, too, any will do.
bool is_precise(const Estimate& estimate, double precision, double scale);

/// As many replications as would make it so, going by these, be it fewer; nothing where they have no interval. Planned
/// from few it allows for their spread being too small by chance: that of one in five samples is smaller still.
std::optional<double> replications_for(const Estimate& estimate, double precision, double scale);

/// Of so many probes, the first ones, the precision is asked for: of what is promised, else of what is asked for, else
/// of the first of what is usual.
std::size_t precise_probes(const PreparedRun& prepared);

/// So many replications in all make everything precise, going by what has been seen; no more than may be. `planned`:
/// also of what is precise as it is.
std::int64_t replications_needed(const PreparedRun& prepared, const std::vector<Seen>& seen, bool planned);

/// Says in the result what its number of replications was chosen for, and what is not precise after all of them.
void say_of_precision(const PreparedRun& prepared, const std::vector<Seen>& seen, std::int64_t replications,
                      RunResult& result);

}  // namespace understudy::studies
