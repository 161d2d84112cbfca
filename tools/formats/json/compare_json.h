// A comparison of runs, as a JSON document for programs; docs/file-formats.md lists its members.
#pragma once

#include <string>
#include <vector>

#include "tools/studies/compare.h"

namespace understudy::formats {

std::string comparison_as_json(const std::vector<studies::ComparedRun>& runs,
                               const studies::Comparison& comparison);

}  // namespace understudy::formats
