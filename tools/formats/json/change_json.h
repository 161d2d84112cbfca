// What `understudy change` tells, as JSON (docs/file-formats.md has the members). Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/formats/json/problems_json.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/store/change_kinds.h"
#include "tools/formats/store/version_diff.h"

namespace understudy::formats {

/// What a change says and does.
struct ShownChange {
    Change change;
    std::string text;                                           ///< of its file
    std::string sha256;                                         ///< of its file
    std::string base;                                           ///< `orders@41`, or a path; empty: none
    std::optional<std::vector<ElementDifference>> differences;  ///< nothing without a base
    std::vector<FoundKind> kinds;                               ///< nothing without a base
    std::vector<ToldProblem> problems;  ///< why it cannot be made as it is; then what it does is not known
};

std::string change_as_json(const ShownChange& shown);

}  // namespace understudy::formats
