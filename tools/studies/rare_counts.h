// How sure it is that something does not happen, where it hardly ever was seen: totals and rates of losses, failures and
// the like. Internal to tools/studies.
//
// Thirty zeros have no spread, and an interval by spread says 0 for certain; three losses in thirty replications are
// mostly below their mean. So where most replications counted none, how often they did tells as well
// (kernel/few_differ.h), with one event as the least that one more replication would have had. What cannot happen at
// all, as nothing there fails, waits in a bounded queue, or is given a time, stays without a width. Pure, thread-safe.
#pragma once

#include <vector>

#include "models/measure.h"
#include "tools/studies/run.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

/// What one event more adds to the measure of a run that is measured for so long; 0: it is no count of events.
double one_event_of(const models::Measure& measure, double span_s);

/// Whether the scenario has nothing that could make it happen: of losses, failures and the like; false of all else.
bool never_happens(const models::Scenario& scenario, const models::Measure& measure);

/// Whether it is of losses, failures and the like that may happen there.
bool may_yet_happen(const models::Scenario& scenario, const models::Measure& measure);

/// Sets Seen::least of what was counted in fewer replications than not.
void allow_for_rare_counts(const PreparedRun& prepared, kernel::Time warm_up, std::vector<Seen>& seen);

}  // namespace understudy::studies
