#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/reports/html_parts.h"
#include "tools/reports/numbers.h"
#include "tools/reports/summary.h"

namespace understudy::reports {

using studies::ObjectiveResult;
using studies::RunResult;

namespace {

constexpr double drawing_width = 440, drawing_height = 74, axis_y = 44, side = 14;

/// Limit, interval, estimate and the replications on one line.
std::string drawing(const ObjectiveResult& objective) {
    const auto& estimate = objective.estimate;
    if (!estimate.value || !std::isfinite(objective.limit)) return "";
    std::vector<double> shown{*estimate.value, objective.limit};
    if (estimate.low) shown.push_back(*estimate.low);
    if (estimate.high) shown.push_back(*estimate.high);
    // Replications within reach of the rest; far ones would squeeze what matters.
    const auto [near_low, near_high] = std::minmax_element(shown.begin(), shown.end());
    double low = *near_low, high = *near_high;
    const double reach = std::max(high - low, std::abs(high) * 1e-9);
    for (const double value : objective.by_replication) {
        if (value >= low - reach && value < low) low = value;
        if (value <= high + reach && value > high) high = value;
    }
    const double pad = std::max((high - low) * 0.12, std::max(std::abs(high), 1e-12) * 1e-3);
    const bool natural_zero = low >= 0;
    low = natural_zero ? std::max(0.0, low - pad) : low - pad;
    high = objective.unit == "fraction" && high <= 1 ? std::min(1.0, high + pad) : high + pad;
    const auto x = [&](double value) {
        return side + (value - low) / (high - low) * (drawing_width - 2 * side);
    };

    const std::string verdict = std::string("is-") + name_of(objective.verdict);
    std::string svg = fmt::format(
        "<svg class=\"interval\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"limit and interval\">",
        drawing_width, drawing_height);
    const bool upper = objective.comparison == models::Comparison::less ||
                       objective.comparison == models::Comparison::at_most;
    const double limit_x = x(objective.limit);
    const double wrong_from = upper ? limit_x : side, wrong_to = upper ? drawing_width - side : limit_x;
    svg += fmt::format("<rect class=\"wrong\" x=\"{:.1f}\" y=\"18\" width=\"{:.1f}\" height=\"40\"/>",
                       wrong_from, std::max(0.0, wrong_to - wrong_from));
    svg += fmt::format("<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", side,
                       drawing_width - side, axis_y, axis_y);
    int index = 0;
    for (const double value : objective.by_replication) {
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
                       limit_x, anchor(limit_x), escape_html(human(objective.limit, objective.unit)));
    svg += fmt::format("<text x=\"{}\" y=\"71\" text-anchor=\"start\">{}</text>", side,
                       escape_html(human(low, objective.unit, 3)));
    svg += fmt::format("<text x=\"{}\" y=\"71\" text-anchor=\"end\">{}</text></svg>", drawing_width - side,
                       escape_html(human(high, objective.unit, 3)));
    return svg;
}

std::string least_certain_table(const RunResult& result) {
    const auto list = studies::least_certain(result);
    if (list.empty()) return "";
    std::string html =
        "<h3>Least certain</h3>\n<div class=\"wide\"><table "
        "id=\"least-certain\"><thead><tr><th>objective</th>"
        "<th class=\"number\">estimate</th><th class=\"number\">half width of the interval</th>"
        "<th class=\"number\">to limit</th><th class=\"number\">more replications</th></tr></thead><tbody>\n";
    for (const studies::Uncertain& uncertain : list) {
        const UncertainText text = uncertain_text(uncertain);
        html += fmt::format("<tr><td class=\"name\">{}</td>", escape_html(uncertain.objective->text));
        for (const std::string& cell : {text.estimate, text.half_width, text.distance, text.more})
            html += fmt::format("<td class=\"number\">{}</td>", escape_html(cell));
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

}  // namespace

std::string html_objective_card(const ObjectiveResult& objective) {
    const char* verdict = name_of(objective.verdict);
    const EstimateText estimate = estimate_text(objective.estimate, objective.unit);
    std::string why = reason_words(objective.reason);
    if (!objective.explanation.empty()) why += (why.empty() ? "" : "; ") + objective.explanation;
    std::string html = fmt::format(
        "<div class=\"card is-{0}\"><div><div><span class=\"badge {0}\">{0}</span>"
        "<span class=\"text mono\">{1}</span></div>",
        verdict, escape_html(objective.text));
    html += objective.estimate.value
                ? fmt::format("<div class=\"value\">{}<small>{}</small></div>", escape_html(estimate.value),
                              escape_html(estimate.interval))
                : std::string("<div class=\"value soft\">no estimate</div>");
    if (!why.empty()) html += fmt::format("<div class=\"soft\">{}</div>", escape_html(why));
    return html + "</div>" + drawing(objective) + "</div>\n";
}

std::string html_objectives(const RunResult& result) {
    if (result.objectives.empty()) return "";
    std::string html = fmt::format(
        "<section id=\"objectives\"><h2>Objectives<small>estimate, interval at {} confidence; a dot is a "
        "replication, "
        "the red side is past the limit</small></h2>\n",
        human(result.confidence, "fraction"));
    constexpr std::size_t most = 200;
    for (std::size_t i = 0; i < result.objectives.size() && i < most; ++i)
        html += html_objective_card(result.objectives[i]);
    if (result.objectives.size() > most) {
        html += fmt::format("<p class=\"soft\">{} more are in the result file.</p>",
                            result.objectives.size() - most);
    }
    return html + least_certain_table(result) + "</section>\n";
}

}  // namespace understudy::reports
