// The answer of a study of uncertain demand as one JSON document. Keys: docs/capacity.md. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/demand.h"

namespace understudy::formats {

/// Ends with a newline.
std::string demand_as_json(const studies::Study& study, const studies::DemandResult& result);

}  // namespace understudy::formats
