// A comparison of runs for a terminal: what differs first, then what cannot be told, and what is the same.
//
// Made from the comparison alone; the same one gives the same text. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/studies/compare.h"

namespace understudy::reports {

struct CompareLook {
    int width = 80;
    bool all = false;  ///< also measures that do not differ, or of which it cannot be told
};

std::string compare_report(const std::vector<studies::ComparedRun>& runs,
                           const studies::Comparison& comparison, const CompareLook& look = {});

}  // namespace understudy::reports
