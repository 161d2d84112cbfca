// The answer of a study of uncertain demand as one HTML file: the regret of each choice in each case, what choices cost, the
// cheapest of each case. A page as html_study.h says. Thread-safe.
#pragma once

#include <string>

#include "tools/reports/answer_origin.h"
#include "tools/studies/demand.h"
#include "tools/studies/study.h"

namespace understudy::reports {

std::string html_demand(const studies::Study& study, const studies::DemandResult& result,
                        const AnswerOrigin& origin);

}  // namespace understudy::reports
