// The answer of a study for the cheapest setting as one JSON document, and read from one, for who draws it.
// docs/file-formats.md has the members. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/cheapest.h"

namespace understudy::formats {

/// Ends with a newline.
std::string cheapest_as_json(const studies::Study& study, const studies::CheapestResult& result);

struct CheapestAnswer {
    /// What it is called, its base and changes, what was set, and its parameters: enough for people, not to simulate.
    studies::Study study;
    studies::CheapestResult result;
};
/// All that such a document says, so that cheapest_as_json makes the same bytes of it. Throws std::invalid_argument, which says what is
/// wrong, where the document is none of these or does not hold together.
CheapestAnswer cheapest_from_json(const std::string& document);

}  // namespace understudy::formats
