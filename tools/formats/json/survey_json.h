// Settings side by side as one JSON document. Keys: docs/capacity.md. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/survey.h"

namespace understudy::formats {

/// Ends with a newline.
std::string survey_as_json(const studies::Study& study, const studies::SurveyResult& result);

}  // namespace understudy::formats
