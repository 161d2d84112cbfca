// Settings side by side as one HTML file: each measure by what varies, of a grid as lines or cells, of a Latin hypercube as dots;
// of a frontier cost against the first of the measures, and what beats what. A page as html_study.h says. Thread-safe.
#pragma once

#include <string>

#include "tools/reports/answer_origin.h"
#include "tools/studies/study.h"
#include "tools/studies/survey.h"

namespace understudy::reports {

std::string html_survey(const studies::Study& study, const studies::SurveyResult& result,
                        const AnswerOrigin& origin);

}  // namespace understudy::reports
