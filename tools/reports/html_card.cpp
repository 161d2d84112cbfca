#include "tools/reports/html_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/html_page.h"

namespace understudy::reports {

namespace {

constexpr double drawing_width = 440, drawing_height = 74, axis_y = 44, side = 14;

/// Limit, interval, estimate and the replications on one line.
std::string drawing(const Card& card) {
    const auto& estimate = card.estimate;
    if (!estimate.value || !std::isfinite(card.limit)) return "";
    std::vector<double> shown{*estimate.value, card.limit};
    if (estimate.low) shown.push_back(*estimate.low);
    if (estimate.high) shown.push_back(*estimate.high);
    // Replications within reach of the rest; far ones would squeeze what matters.
    const auto [near_low, near_high] = std::minmax_element(shown.begin(), shown.end());
    double low = *near_low, high = *near_high;
    const double reach = std::max(high - low, std::abs(high) * 1e-9);
    for (const double value : card.by_replication) {
        if (value >= low - reach && value < low) low = value;
        if (value <= high + reach && value > high) high = value;
    }
    const double pad = std::max((high - low) * 0.12, std::max(std::abs(high), 1e-12) * 1e-3);
    const bool natural_zero = low >= 0;
    low = natural_zero ? std::max(0.0, low - pad) : low - pad;
    high = card.share && high <= 1 ? std::min(1.0, high + pad) : high + pad;
    const auto x = [&](double value) {
        return side + (value - low) / (high - low) * (drawing_width - 2 * side);
    };

    const std::string verdict = std::string("is-") + name_of(card.verdict);
    std::string svg = fmt::format(
        "<svg class=\"interval\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"limit and interval\">",
        drawing_width, drawing_height);
    const bool upper =
        card.comparison == models::Comparison::less || card.comparison == models::Comparison::at_most;
    const double limit_x = x(card.limit);
    const double wrong_from = upper ? limit_x : side, wrong_to = upper ? drawing_width - side : limit_x;
    svg += fmt::format("<rect class=\"wrong\" x=\"{:.1f}\" y=\"18\" width=\"{:.1f}\" height=\"40\"/>",
                       wrong_from, std::max(0.0, wrong_to - wrong_from));
    svg += fmt::format("<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", side,
                       drawing_width - side, axis_y, axis_y);
    int index = 0;
    for (const double value : card.by_replication) {
        if (index++ == 200) break;
        if (!(value >= low && value <= high)) continue;
        svg += fmt::format("<circle class=\"dot\" cx=\"{:.1f}\" cy=\"{}\" r=\"1.8\"/>", x(value),
                           25 + index * 7 % 10);
    }
    svg += fmt::format("<line class=\"limit\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"16\" y2=\"60\"/>", limit_x);
    if (estimate.low && estimate.high) {
        svg +=
            fmt::format("<line class=\"bar {}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\"/>", verdict,
                        x(std::max(*estimate.low, low)), x(std::min(*estimate.high, high)), axis_y, axis_y);
    }
    svg += fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{}\" r=\"5\"/>", verdict, x(*estimate.value),
                       axis_y);
    const auto anchor = [&](double at) {
        return at < 70 ? "start" : (at > drawing_width - 70 ? "end" : "middle");
    };
    svg += fmt::format("<text class=\"limit-text\" x=\"{:.1f}\" y=\"11\" text-anchor=\"{}\">limit {}</text>",
                       limit_x, anchor(limit_x), escape_html(card.number(card.limit, 4)));
    svg += fmt::format("<text x=\"{}\" y=\"71\" text-anchor=\"start\">{}</text>", side,
                       escape_html(card.number(low, 3)));
    svg += fmt::format("<text x=\"{}\" y=\"71\" text-anchor=\"end\">{}</text></svg>", drawing_width - side,
                       escape_html(card.number(high, 3)));
    return svg;
}

}  // namespace

std::string html_card(const Card& card) {
    std::string html = fmt::format(
        "<div class=\"card is-{0}\"><div><div><span class=\"badge {0}\">{0}</span>"
        "<span class=\"text mono\">{1}</span></div>",
        name_of(card.verdict), escape_html(card.text));
    html += card.value.empty() ? std::string("<div class=\"value soft\">no estimate</div>")
                               : fmt::format("<div class=\"value\">{}<small>{}</small></div>",
                                             escape_html(card.value), escape_html(card.interval));
    for (const std::string& note : card.notes)
        if (!note.empty()) html += fmt::format("<div class=\"soft\">{}</div>", escape_html(note));
    return html + "</div>" + drawing(card) + "</div>\n";
}

}  // namespace understudy::reports
