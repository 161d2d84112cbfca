// The answer of a study for the cheapest setting as one HTML file: the settings that were tried, by cost and verdict, what is
// promised against cost, the answer's promises beside their limits, the proof. A page as html_study.h says. Thread-safe.
#pragma once

#include <string>

#include "tools/reports/answer_origin.h"
#include "tools/studies/cheapest.h"
#include "tools/studies/study.h"

namespace understudy::reports {

std::string html_cheapest(const studies::Study& study, const studies::CheapestResult& result,
                          const AnswerOrigin& origin);

}  // namespace understudy::reports
