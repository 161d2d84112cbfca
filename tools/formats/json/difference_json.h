// Differences between two scenarios as JSON, for those documents that have some. Pure, thread-safe. Internal to
// tools/formats/json.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "tools/formats/store/version_diff.h"

namespace understudy::formats {

/// `elements` of docs/file-formats.md, "JSON of twin diff".
nlohmann::ordered_json elements_as_json(const std::vector<ElementDifference>& differences);

}  // namespace understudy::formats
