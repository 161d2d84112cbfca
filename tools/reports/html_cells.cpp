#include "tools/reports/html_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/html_page.h"

namespace understudy::reports {

namespace {

std::string head_text(const CellTable::Head& head) {
    return escape_html(head.text) +
           (head.note.empty() ? "" : fmt::format("<small>{}</small>", escape_html(head.note)));
}

}  // namespace

std::string cells_html(const CellTable& table) {
    std::string html = "<div class=\"wide\"><table class=\"cells\"><thead>";
    if (!table.across.empty())
        html += fmt::format("<tr><td></td><th colspan=\"{}\">{}</th></tr>", table.columns.size(),
                            escape_html(table.across));
    html += fmt::format("<tr><th>{}</th>", escape_html(table.down));
    for (const CellTable::Head& column : table.columns)
        html += fmt::format("<th scope=\"col\">{}</th>", head_text(column));
    html += "</tr></thead><tbody>\n";
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        html += fmt::format("<tr><th scope=\"row\">{}</th>", head_text(table.rows[r]));
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            const Cell& cell = table.cells[r * table.columns.size() + c];
            // Nine steps of depth are what eyes tell apart.
            const std::string depth =
                cell.share ? fmt::format("d{}", std::lround(8 * std::clamp(*cell.share, 0.0, 1.0))) : "";
            html += fmt::format(
                "<td class=\"{}{}{}\"{}>{}{}</td>", depth, cell.marked ? " marked" : "",
                cell.strong ? " strong" : "",
                cell.title.empty() ? "" : fmt::format(" title=\"{}\"", escape_html(cell.title)),
                escape_html(cell.text),
                cell.note.empty() ? "" : fmt::format("<small>{}</small>", escape_html(cell.note)));
        }
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

}  // namespace understudy::reports
