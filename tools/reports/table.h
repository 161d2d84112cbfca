// Rows of cells as columns that are as wide as they need be, for a terminal. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

namespace understudy::reports {

/// Two spaces before each line and between columns; the first column is cut where a line would be longer than `width`.
std::string table(const std::vector<std::vector<std::string>>& rows, int width);

}  // namespace understudy::reports
