// A study of sensitivity as one HTML file: what moves each measure, and by how much, the largest first. A page as html_study.h
// says. Thread-safe.
#pragma once

#include <string>

#include "tools/reports/answer_origin.h"
#include "tools/studies/sensitivity.h"
#include "tools/studies/study.h"

namespace understudy::reports {

std::string html_sensitivity(const studies::Study& study, const studies::SensitivityResult& result,
                             const AnswerOrigin& origin);

}  // namespace understudy::reports
