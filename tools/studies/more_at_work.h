// More at work at once in a log than a twin has workers, for calibrate.h: the log was not recorded on what the twin says, whatever
// its laws, and waits for these workers are not those that were recorded.
//
// Counted are attempts that a log has begin and end of, log by log, for each pool, or stage with workers of its own, of which the
// workers are equal places: not those that share themselves out (`order: shared`, `speedup`), nor those of shifts. What takes
// cores or memory, or several workers, is no place. What was suspended is not counted, as it is not known when it was at work.
// Internal to tools/studies; pure.
#pragma once

#include <vector>

#include "models/scenario.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

/// Of the twin with the edits that `into` has: a warning for each such place, with the most in any of the logs.
void warn_of_more_at_work(const models::Scenario& twin, const std::vector<SeenRun>& runs, Calibration& into);

}  // namespace understudy::studies
