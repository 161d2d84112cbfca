// The levels of a stress test run once more, with all that a run keeps: for their latencies as histograms.
//
// Each level that was simulated has as many replications as it had there, from the same seed and with the same warm-up cut,
// so that they are the same; and the load as it is under each disturbance that is known has those of its pairs. No I/O.
// Throws BadSetting.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/studies/breaking_point.h"
#include "tools/studies/result.h"
#include "tools/studies/run.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"

namespace understudy::studies {

struct LevelRun {
    std::string label;  ///< "load=1.5x", or the disturbance's name
    RunResult result;
};

/// In the order of `found`. Nothing where it was interrupted. Of `options`: threads, stop, progress and version.
std::optional<std::vector<LevelRun>> level_runs(const Study& study, const ReadBase& read,
                                                const BreakingPointResult& found, const RunOptions& options);

}  // namespace understudy::studies
