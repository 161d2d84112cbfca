// The answer of a study for the cheapest setting as text for a terminal. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/reports/text_report.h"
#include "tools/studies/cheapest.h"

namespace understudy::reports {

std::string cheapest_report(const studies::Study& study, const studies::CheapestResult& result,
                            const TextOptions& look);

}  // namespace understudy::reports
