// Rows of cells as columns that are as wide as they need be, for a terminal. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

namespace understudy::reports {

/// Two spaces before each line and between columns. Where a line would be longer than `width` what is in the first column
/// stands above the rest of its row; names of up to eight characters stay in it.
std::string table(const std::vector<std::vector<std::string>>& rows, int width);

}  // namespace understudy::reports
