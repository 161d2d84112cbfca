// Settings side by side as text for a terminal. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/reports/text_report.h"
#include "tools/studies/survey.h"

namespace understudy::reports {

std::string survey_report(const studies::Study& study, const studies::SurveyResult& result,
                          const TextOptions& look);

}  // namespace understudy::reports
