#include "tools/reports/table.h"

#include <algorithm>
#include <numeric>

#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

/// Names as short as this stand in their row all the same: a line each for `1x` and `2x` is harder to read than long lines.
constexpr int shortest_name_above = 8;

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows, int width) {
    std::vector<int> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i == widths.size()) widths.push_back(0);
            widths[i] = std::max(widths[i], text_width(row[i]));
        }
    if (widths.empty()) return "";
    const int others =
        std::accumulate(widths.begin() + 1, widths.end(), 0) + 2 * static_cast<int>(widths.size());
    widths[0] = std::min(widths[0], std::max(shortest_name_above, width - others));
    std::string text;
    for (const auto& row : rows) {
        const bool above = !row.empty() && text_width(row[0]) > widths[0];
        if (above) text += "  " + shorten(row[0], width - 2) + "\n";
        std::string line = "  ";
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string cell = i == 0 && above ? "" : row[i];
            line += cell;
            if (i + 1 < row.size())
                line += std::string(static_cast<std::size_t>(widths[i] - text_width(cell) + 2), ' ');
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

}  // namespace understudy::reports
