// A table whose cells are the darker the more they say, each with its number in it, so that colour is never the only sign.
// Internal to tools/reports. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace understudy::reports {

struct Cell {
    std::string text, note = {};  ///< the note is smaller, below it
    std::string title = {};       ///< for who points at it
    std::optional<double> share;  ///< how dark, from 0 to 1
    bool marked = false, strong = false;
};
struct CellTable {
    struct Head {
        std::string text, note;
    };
    std::string across = {}, down = {};  ///< what the columns and the rows are
    std::vector<Head> columns, rows;
    std::vector<Cell> cells;  ///< row by row
};
std::string cells_html(const CellTable& table);

}  // namespace understudy::reports
