#include "tools/reports/html_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "tools/reports/chart_scale.h"
#include "tools/reports/html_page.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

ChartScale scale_of(const Chart& chart) {
    ScaleOf asked{chart.unit, {}, {}, chart.from_zero};
    for (const ChartLine& line : chart.lines)
        for (const ChartPoint& point : line.points) {
            asked.values.push_back(point.value);
            asked.take(point.low, point.high);
        }
    for (const ChartLimit& limit : chart.limits) asked.values.push_back(limit.value);
    return chart_scale(asked);
}

class Drawing {
public:
    Drawing(const Chart& chart, const ChartAcross& across)
        : chart_(chart), across_(across), scale_(scale_of(chart)) {
        if (chart.lines.size() > 1)
            for (const ChartLine& line : chart.lines)
                right_ = std::min(right_, width - 16 - 8.0 * text_width(line.name));
    }

    std::string all() {
        svg_ = fmt::format("<svg class=\"curves\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                           width, height, escape_html(chart_.title + " against " + across_.name));
        regions();
        axes();
        best();
        for (std::size_t i = 0; i < chart_.lines.size(); ++i) band(chart_.lines[i], i);
        for (std::size_t i = 0; i < chart_.lines.size(); ++i) line(chart_.lines[i], i);
        limits();
        names();
        const std::string unit = scale_.unit + (scale_.logarithmic ? " (logarithmic)" : "");
        return fmt::format("<div class=\"chart\"><h3>{}<small>{}{}{}</small></h3>{}</svg></div>\n",
                           escape_html(chart_.title), escape_html(unit),
                           chart_.note.empty() || unit.empty() ? "" : "; ", escape_html(chart_.note), svg_);
    }

private:
    static constexpr double width = 520, height = 300, left = 66, top = 12, bottom = 250;

    double x(double across) const { return left + (0.03 + 0.94 * across) * (right_ - left); }
    double y(double value) const { return bottom - scale_.place(value) * (bottom - top); }

    void rectangle(const char* look, double from, double to) {
        if (to - from > 0.05)
            svg_ += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>\n",
                                look, from, top, to - from, bottom - top);
    }
    void regions() {
        for (const ChartAcross::Range& open : across_.open) rectangle("unknown", x(open.low), x(open.high));
        if (!across_.breaks) return;
        rectangle("breaks", x(*across_.breaks), right_);
        if (across_.holds) rectangle("unknown", x(*across_.holds), x(*across_.breaks));
    }

    void axes() {
        for (const ChartScale::Tick& tick : scale_.ticks)
            svg_ += fmt::format(
                "<line class=\"grid\" x1=\"{}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
                "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
                left, right_, y(tick.value), y(tick.value), left - 6, y(tick.value) + 4,
                escape_html(tick.text));
        svg_ += fmt::format("<line class=\"axis\" x1=\"{0}\" x2=\"{1:.1f}\" y1=\"{2}\" y2=\"{2}\"/>\n", left,
                            right_, bottom);
        std::vector<std::pair<double, double>> taken;
        for (const ChartAcross::Tick& tick : across_.ticks) tick_across(tick, taken);
        svg_ += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                            (left + right_) / 2, height - 8, escape_html(shorten(across_.name, 50)));
    }
    /// Where another that matters more stands too near, beside it if that is an end of what nobody knows, else not at all.
    void tick_across(const ChartAcross::Tick& tick, std::vector<std::pair<double, double>>& taken) {
        const double at = x(tick.x), wide = 9.0 * text_width(tick.text) + 4;
        const bool pair =
            across_.holds && across_.breaks && x(*across_.breaks) - x(*across_.holds) < wide + 4;
        const bool holds = pair && tick.x == *across_.holds, breaks = pair && tick.x == *across_.breaks;
        // At the right end words stay on the drawing.
        const bool over = !holds && !breaks && at + wide / 2 > width;
        const char* anchor = holds || over ? "end" : breaks ? "start" : "middle";
        const double from = holds ? at - wide : breaks ? at : over ? width - wide : at - wide / 2;
        for (const auto& [begin, end] : taken)
            if (from < end && begin < from + wide && !holds && !breaks) return;
        taken.emplace_back(from, from + wide);
        svg_ += fmt::format(
            "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
            "<text class=\"{3}\" x=\"{4:.1f}\" y=\"{5}\" text-anchor=\"{6}\">{7}</text>\n",
            at, bottom, bottom + 5, tick.look,
            holds    ? at - 2
            : breaks ? at + 2
            : over   ? width - 2
                     : at,
            bottom + 20, anchor, escape_html(tick.text));
    }

    void best() {
        if (!across_.best) return;
        const double low = x(across_.best->low), high = x(across_.best->high);
        svg_ += fmt::format(
            "<rect class=\"best\" x=\"{0:.1f}\" y=\"{1}\" width=\"{2:.1f}\" height=\"5\"/>"
            "<line class=\"best\" x1=\"{3:.1f}\" x2=\"{3:.1f}\" y1=\"{4}\" y2=\"{5}\"/>\n",
            low, bottom - 5, std::max(2.0, high - low), x(across_.best->at), top, bottom);
    }

    void band(const ChartLine& line, std::size_t number) {
        std::string above, below;
        for (const ChartPoint& point : line.points) {
            if (!point.low || !point.high) continue;
            above += fmt::format("{:.1f},{:.1f} ", x(point.x), y(*point.high));
            below = fmt::format("{:.1f},{:.1f} ", x(point.x), y(*point.low)) + below;
        }
        if (!above.empty())
            svg_ += fmt::format("<polygon class=\"band l{}\" points=\"{}{}\"/>\n", number, above, below);
    }
    void line(const ChartLine& line, std::size_t number) {
        std::string points, dots;
        for (const ChartPoint& point : line.points) {
            points += fmt::format("{:.1f},{:.1f} ", x(point.x), y(point.value));
            dots += fmt::format(
                "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"><title>{}</title></circle>\n",
                point.look.empty() ? fmt::format("l{}", number) : point.look, x(point.x), y(point.value),
                point.look.empty() ? 2.6 : 4.0, escape_html(point.title));
        }
        svg_ += fmt::format("<polyline class=\"l{}\" points=\"{}\"/>\n", number, points) + dots;
    }

    void limits() {
        for (const ChartLimit& limit : chart_.limits) {
            const double at = y(limit.value);
            const std::string text = shorten(limit.text, 40);
            const auto [right, baseline] = place_of(at, 9.0 * text_width(text));
            svg_ += fmt::format(
                "<line class=\"limit\" x1=\"{}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
                "<text class=\"limit-text\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                left, right_, at, at, right ? right_ - 6 : left + 6, baseline, right ? "end" : "start",
                escape_html(text));
        }
    }
    /// Where the words at a limit are in no line's way: at its right or left end, above or below it.
    std::pair<bool, double> place_of(double limit, double wide) const {
        for (const double baseline : {limit - 5, limit + 15}) {
            if (baseline - 12 < top || baseline > bottom - 6) continue;
            for (const bool right : {true, false}) {
                const double from = right ? right_ - 6 - wide : left + 6;
                if (is_free(from, from + wide, baseline - 14, baseline + 5)) return {right, baseline};
            }
        }
        return {true, limit - 17 < top ? limit + 15 : limit - 5};
    }
    bool is_free(double from, double to, double above, double below) const {
        for (const ChartLine& line : chart_.lines)
            for (std::size_t i = 1; i < line.points.size(); ++i) {
                const double x0 = x(line.points[i - 1].x), x1 = x(line.points[i].x);
                const double y0 = y(line.points[i - 1].value), y1 = y(line.points[i].value);
                const double begin = std::max(from, x0), end = std::min(to, x1);
                if (begin > end) continue;
                const auto at = [&](double place) {
                    return x1 > x0 ? y0 + (y1 - y0) * (place - x0) / (x1 - x0) : y0;
                };
                const double one = at(begin), other = at(end);
                if (std::max(one, other) > above && std::min(one, other) < below) return false;
            }
        return true;
    }

    /// At the right end of each line, apart from one another.
    void names() {
        if (chart_.lines.size() < 2) return;
        constexpr double apart = 17;
        std::vector<std::pair<double, std::size_t>> at;
        for (std::size_t i = 0; i < chart_.lines.size(); ++i)
            at.emplace_back(y(chart_.lines[i].points.back().value), i);
        std::sort(at.begin(), at.end());
        for (std::size_t i = 1; i < at.size(); ++i)
            at[i].first = std::max(at[i].first, at[i - 1].first + apart);
        const double beyond = std::max(0.0, at.back().first - (bottom - 4));
        for (const auto& [place, line] : at)
            svg_ += fmt::format("<text class=\"name l{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", line,
                                right_ + 8, place - beyond + 4, escape_html(chart_.lines[line].name));
    }

    const Chart& chart_;
    const ChartAcross& across_;
    ChartScale scale_;
    double right_ = width - 14;
    std::string svg_;
};

}  // namespace

std::string chart_html(const Chart& chart, const ChartAcross& across) {
    Chart drawn = chart;
    std::erase_if(drawn.lines, [](const ChartLine& line) { return line.points.size() < 2; });
    return drawn.lines.empty() ? "" : Drawing(drawn, across).all();
}

}  // namespace understudy::reports
