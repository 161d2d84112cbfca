// From what the replications of a run have found to its result. Internal to tools/studies.
//
// Pure; the same findings give the same result, wherever they come from.
#pragma once

#include <cstdint>
#include <optional>

#include "tools/studies/findings.h"
#include "tools/studies/pilots.h"
#include "tools/studies/result.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// `wanted`: replications that the run takes; where there are fewer findings it was interrupted. `level`: of estimates and
/// verdicts, in place of the run's confidence.
RunResult reduce(const PreparedRun& prepared, const RunOptions& options, const WarmUpChoice& warm_up,
                 const PrecisionPlan& plan, std::int64_t wanted, Findings findings,
                 std::optional<double> level = std::nullopt);

/// Whether an alert that fails a run was raised in one of its replications.
bool breaks_constraints(const models::Scenario& scenario, const RunResult& result);

/// The verdict over all objectives and the constraints (alerts that fail a run).
void conclude_with_constraints(const models::Scenario& scenario, RunResult& result);

}  // namespace understudy::studies
