// The answer of a study for the cheapest setting as one JSON document. Keys: docs/cli.md. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/cheapest.h"

namespace understudy::formats {

/// Ends with a newline.
std::string cheapest_as_json(const studies::Study& study, const studies::CheapestResult& result);

}  // namespace understudy::formats
