// New names that changes give, in the order in which they do. Values only.
#pragma once

#include <string>
#include <vector>

namespace understudy::formats {

struct Rename {
    std::string from, to;  ///< an element, a task (`pipeline.task`), a profile or a column
};
using Renames = std::vector<Rename>;

}  // namespace understudy::formats
