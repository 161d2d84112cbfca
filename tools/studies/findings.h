// What the replications of a run have found, the first so many of them: all that a result is made of, and all that it
// takes to go on. Internal to tools/studies.
//
// Adding replications n to m - 1 to the findings of n gives those of m, bit for bit, as if all had been added in one
// run: so runs are topped up, and what an interrupted run has found is not lost. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/simulation/replication.h"
#include "tools/studies/dependence.h"
#include "tools/studies/result.h"
#include "tools/studies/run.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

struct Findings {
    std::vector<Seen> seen;  ///< by probe
    std::vector<std::vector<std::vector<double>>>
        series;                              ///< [probe][replication][interval]; empty: none is kept
    std::vector<ReplicationRecord> records;  ///< by replication
    std::uint64_t draws_missing = 0;         ///< of a replay; not kept

    Findings() = default;
    /// Of no replication yet.
    explicit Findings(const PreparedRun& prepared);
    std::int64_t replications() const { return static_cast<std::int64_t>(records.size()); }
    /// Those of the next replication.
    void add(const PreparedRun& prepared, models::ReplicationOutcome outcome);
    /// Tells all that was seen what only all replications together say: how much depends on what came before
    /// (dependence.h), which is returned by measure, and what corrects it (variance_reduction.h).
    std::vector<std::optional<Dependence>> relate(const PreparedRun& prepared, kernel::Time warm_up);
    /// Into a result, from which findings_of() takes them again.
    void move_into(const PreparedRun& prepared, RunResult& result) &&;
};

/// Sections of a run of these measures, that what they keep for quantiles stays within half a gigabyte or so; enough for
/// an interval in any case.
std::size_t most_sections(const std::vector<models::Measure>& measures);

/// What a probe has seen before anything was.
Seen nothing_seen(const PreparedRun& prepared);

/// Of a result with all of its contents. Nothing where they cannot be those of this run's probes.
std::optional<Findings> findings_of(const PreparedRun& prepared, RunResult&& result);

/// Those of the first `count` replications, or of as many fewer as are known apart from later ones: what a run of more
/// than 256 has put together is not taken apart.
Findings first_of(const Findings& all, std::int64_t count);

}  // namespace understudy::studies
