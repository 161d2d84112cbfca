#include "tools/reports/html_bars.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/chart_scale.h"
#include "tools/reports/html_page.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

constexpr double bars_width = 520, bar_step = 18, bar_high = 11, title_high = 21;
constexpr int longest_bar_name = 16;

double bars_height(const BarChart& chart) {
    double height = 4;
    for (const BarGroup& group : chart.groups)
        height += title_high + bar_step * static_cast<double>(group.bars.size()) + 4;
    return height;
}

}  // namespace

std::string bars_html(const BarChart& chart) {
    ScaleOf asked{chart.unit, {0}, {}, true};
    int name_width = 0, text_width_of_all = 0;
    for (const BarGroup& group : chart.groups)
        for (const Bar& bar : group.bars) {
            if (std::isfinite(bar.value)) asked.values.push_back(bar.value);
            asked.take(bar.low, bar.high);
            name_width = std::max(name_width, std::min(longest_bar_name, text_width(bar.name)));
            text_width_of_all = std::max(text_width_of_all, text_width(bar.text));
        }
    if (asked.values.size() < 2) return "";
    const ChartScale scale = chart_scale(asked);
    const double left = 12 + 7.8 * name_width, right = bars_width - 12 - 7.8 * text_width_of_all;
    const auto x = [&](double value) { return left + scale.place(value) * (right - left); };
    const double bottom = bars_height(chart);
    std::string svg;
    double taken = -INFINITY;
    for (const ChartScale::Tick& tick : scale.ticks) {
        const double at = x(tick.value), wide = 8.0 * text_width(tick.text) + 6;
        if (at - wide / 2 < taken) continue;
        taken = at + wide / 2;
        svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", at, bottom + 16,
                           escape_html(tick.text));
    }
    double y = 4;
    for (const BarGroup& group : chart.groups) {
        svg += fmt::format("<text class=\"{}\" x=\"4\" y=\"{:.1f}\">{}</text>\n",
                           group.marked ? "group marked" : "group", y + 14,
                           escape_html(shorten(group.name, 62)));
        y += title_high;
        // Lines are behind bars alone, and in no name's way.
        const double under = y + bar_step * static_cast<double>(group.bars.size()) - 4;
        for (const ChartScale::Tick& tick : scale.ticks)
            svg += fmt::format(
                "<line class=\"{0}\" x1=\"{1:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{3:.1f}\"/>",
                tick.value == 0 ? "axis" : "grid", x(tick.value), y - 3, under);
        for (const Bar& bar : group.bars) {
            const double middle = y + bar_high / 2;
            svg += fmt::format("<g class=\"bar l{}\"><title>{}</title>", bar.look, escape_html(bar.title));
            svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 6,
                               middle + 4, escape_html(shorten(bar.name, longest_bar_name)));
            if (std::isfinite(bar.value)) {
                const double from = std::min(x(0), x(bar.value)), to = std::max(x(0), x(bar.value));
                svg += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\"/>", from,
                                   y, std::max(to - from, 0.8), bar_high);
            }
            if (bar.low && bar.high)
                svg += fmt::format("<path class=\"whisker\" d=\"M{0:.1f} {2:.1f}v8m0 -4H{1:.1f}m0 -4v8\"/>",
                                   x(*bar.low), x(*bar.high), middle - 4);
            svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n", right + 8, middle + 4,
                               escape_html(bar.text));
            y += bar_step;
        }
        y += 4;
    }
    const std::string note = scale.unit + (scale.unit.empty() || chart.note.empty() ? "" : "; ") + chart.note;
    return fmt::format(
        "<div class=\"chart\"><h3>{}<small>{}</small></h3><svg class=\"curves\" viewBox=\"0 0 {} {}\" "
        "role=\"img\" aria-label=\"{}\">\n<title>{}</title>\n{}</svg></div>\n",
        escape_html(chart.title), escape_html(note), bars_width, bottom + 24, escape_html(chart.title),
        escape_html(chart.title), svg);
}

}  // namespace understudy::reports
