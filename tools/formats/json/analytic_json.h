// The JSON document of `run --analytic`: that of a run, without what only a simulation has. Fields:
// docs/file-formats.md.
#pragma once

#include <string>

#include "tools/studies/analytic.h"

namespace understudy::formats {

std::string analytic_as_json(const studies::AnalyticResult& result);

}  // namespace understudy::formats
