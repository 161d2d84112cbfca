// The cheapest setting where what a setting costs is itself only known by simulation: workers that follow the work, a
// price a gigabyte. Internal to tools/studies.
//
// Every setting is simulated. Those that are met (setting_test.h) are then compared by their costs under common random
// numbers, in rounds, until one is left (kernel/selection.h): with half of what the confidence leaves it is the cheapest
// of them, or within the indifference of it, which is a hundredth of the least cost seen in the first rounds.
// A setting that is met and whose cost has no data in a replication is left out, and leaves the answer inconclusive.
#pragma once

#include <string>

#include "tools/studies/cheapest.h"
#include "tools/studies/cheapest_search.h"
#include "tools/studies/unit_work.h"

namespace understudy::studies {

/// Settings that are all simulated.
constexpr std::size_t most_to_select_from = 1000;

/// `not_known`: why costs are not known before a run. The question asks for the costs as the first measure, and for
/// completed items as the last. All of the answer but what the work knows. Throws BadSetting where there are too many
/// settings.
CheapestResult cheapest_by_selection(const CheapestSearch::Terms& terms, const std::string& not_known,
                                     UnitWork& work, UnitWork::Question& question);

}  // namespace understudy::studies
