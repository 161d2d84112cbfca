// What a study of sensitivity found, as one JSON document, and read from one, for who draws it. docs/file-formats.md has
// the members. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/sensitivity.h"

namespace understudy::formats {

/// With a final newline. Numbers that are not known are absent.
std::string sensitivity_as_json(const studies::Study& study, const studies::SensitivityResult& result);

struct SensitivityAnswer {
    studies::Study study;  ///< as in cheapest_json.h, with the steps of parameters that settings are at
    studies::SensitivityResult result;
};
/// All that such a document says, so that sensitivity_as_json makes the same bytes of it. Throws std::invalid_argument, which says what is
/// wrong, where the document is none of these or does not hold together.
SensitivityAnswer sensitivity_from_json(const std::string& document);

}  // namespace understudy::formats
