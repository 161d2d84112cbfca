// Settings side by side as one JSON document, and read from one, for who draws it. docs/file-formats.md has the members.
// Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/survey.h"

namespace understudy::formats {

/// Ends with a newline.
std::string survey_as_json(const studies::Study& study, const studies::SurveyResult& result);

struct SurveyAnswer {
    studies::Study study;  ///< as in cheapest_json.h
    studies::SurveyResult result;
};
/// All that such a document says, so that survey_as_json makes the same bytes of it. Throws std::invalid_argument, which says what is
/// wrong, where the document is none of these or does not hold together.
SurveyAnswer survey_from_json(const std::string& document);

}  // namespace understudy::formats
