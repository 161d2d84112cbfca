#include "tools/reports/html_dots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "tools/reports/chart_scale.h"
#include "tools/reports/html_page.h"
#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

constexpr double dots_width = 520, dots_left = 66, dots_top = 12;

struct Box {
    double left, right, top, bottom;
    bool meets(const Box& other) const {
        return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
};

std::string mark(const Dot& dot, double x, double y) {
    constexpr double r = 4;
    std::string svg = fmt::format("<g class=\"dot {}\"><title>{}</title>", dot.look, escape_html(dot.title));
    if (dot.marked)
        svg += fmt::format("<circle class=\"marked\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"9\"/>", x, y);
    switch (dot.shape) {
        case Dot::Shape::circle:
            svg += fmt::format("<circle class=\"full\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>", x, y, r);
            break;
        case Dot::Shape::ring:
            svg += fmt::format("<circle class=\"open\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>", x, y, r);
            break;
        case Dot::Shape::diamond:
            svg += fmt::format("<path class=\"open\" d=\"M{:.1f} {:.1f}l5 5l-5 5l-5 -5z\"/>", x, y - 5);
            break;
        case Dot::Shape::cross:
            svg += fmt::format("<path class=\"open\" d=\"M{:.1f} {:.1f}l8 8m0 -8l-8 8\"/>", x - r, y - r);
            break;
    }
    return svg + "</g>\n";
}

/// What both kinds have: the axis across, in round numbers.
class AxisAcross {
public:
    AxisAcross(const std::string& name, const std::string& unit, const std::vector<Dot>& dots, double right,
               bool from_zero)
        : name_(name), right_(right) {
        ScaleOf asked{unit, {}, {}, from_zero};
        for (const Dot& dot : dots) {
            asked.values.push_back(dot.x);
            asked.take(dot.x_low, dot.x_high);
        }
        scale_ = chart_scale(asked);
    }

    double x(double value) const {
        return dots_left + (0.02 + 0.96 * scale_.place(value)) * (right_ - dots_left);
    }
    std::string svg(double bottom) const {
        std::string svg =
            fmt::format("<line class=\"axis\" x1=\"{0}\" x2=\"{1:.1f}\" y1=\"{2}\" y2=\"{2}\"/>\n", dots_left,
                        right_, bottom);
        double taken = -INFINITY;
        for (const ChartScale::Tick& tick : scale_.ticks) {
            const double at = x(tick.value), wide = 8.0 * text_width(tick.text) + 6;
            if (at - wide / 2 < taken) continue;
            taken = at + wide / 2;
            svg += fmt::format(
                "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
                "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
                at, bottom, bottom + 5, bottom + 20, escape_html(tick.text));
        }
        const std::string unit = scale_.unit + (scale_.logarithmic ? " (logarithmic)" : "");
        return svg + fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                                 (dots_left + right_) / 2, bottom + 42,
                                 escape_html(shorten(name_ + (unit.empty() ? "" : "," + unit), 50)));
    }

private:
    std::string name_;
    double right_;
    ChartScale scale_;
};

std::string boxed(const std::string& title, const std::string& note, const std::string& label, double height,
                  const std::string& svg) {
    return fmt::format(
        "<div class=\"chart\"><h3>{}<small>{}</small></h3><svg class=\"curves\" viewBox=\"0 0 {} {}\" "
        "role=\"img\" aria-label=\"{}\">\n<title>{}</title>\n{}</svg></div>\n",
        escape_html(title), escape_html(note), dots_width, height, escape_html(label), escape_html(label),
        svg);
}

class DotDrawing {
public:
    explicit DotDrawing(const DotChart& chart)
        : chart_(chart), across_(chart.across, chart.across_unit, chart.dots, right, chart.from_zero) {
        ScaleOf asked{chart.unit, {}, {}, chart.from_zero};
        for (const Dot& dot : chart.dots) {
            asked.values.push_back(dot.value);
            asked.take(dot.low, dot.high);
        }
        for (const ChartLimit& limit : chart.limits) asked.values.push_back(limit.value);
        up_ = chart_scale(asked);
    }

    std::string all() {
        for (const ChartScale::Tick& tick : up_.ticks)
            svg_ += fmt::format(
                "<line class=\"grid\" x1=\"{0}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
                "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
                dots_left, right, y(tick.value), dots_left - 6, y(tick.value) + 4, escape_html(tick.text));
        svg_ += across_.svg(bottom);
        if (chart_.joined) join();
        for (const Dot& dot : chart_.dots) whiskers(dot);
        limits();
        for (const Dot& dot : chart_.dots) {
            const double at = across_.x(dot.x), up = y(dot.value);
            svg_ += mark(dot, at, up);
            taken_.push_back({at - 6, at + 6, up - 6, up + 6});
        }
        for (const Dot& dot : chart_.dots) name(dot);
        const std::string unit = up_.unit + (up_.logarithmic ? " (logarithmic)" : "");
        const std::string note = unit + (unit.empty() || chart_.note.empty() ? "" : "; ") + chart_.note;
        return boxed(chart_.title, note, chart_.title + " against " + chart_.across, bottom + 50, svg_);
    }

private:
    static constexpr double right = dots_width - 14, bottom = 250;

    double y(double value) const { return bottom - up_.place(value) * (bottom - dots_top); }

    /// From each to the next at its height, and then up or down.
    void join() {
        std::vector<const Dot*> full;
        for (const Dot& dot : chart_.dots)
            if (dot.shape == Dot::Shape::circle) full.push_back(&dot);
        std::stable_sort(full.begin(), full.end(), [](const Dot* a, const Dot* b) { return a->x < b->x; });
        std::string points;
        for (std::size_t i = 0; i < full.size(); ++i) {
            if (i > 0) points += fmt::format("{:.1f},{:.1f} ", across_.x(full[i]->x), y(full[i - 1]->value));
            points += fmt::format("{:.1f},{:.1f} ", across_.x(full[i]->x), y(full[i]->value));
        }
        if (full.size() > 1) svg_ += fmt::format("<polyline class=\"l0 stairs\" points=\"{}\"/>\n", points);
    }

    void whiskers(const Dot& dot) {
        const double at = across_.x(dot.x), up = y(dot.value);
        if (dot.low && dot.high)
            svg_ += fmt::format(
                "<line class=\"whisker {0}\" x1=\"{1:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{3:.1f}\"/>\n",
                dot.look, at, y(*dot.low), y(*dot.high));
        if (dot.x_low && dot.x_high)
            svg_ += fmt::format(
                "<line class=\"whisker {0}\" x1=\"{1:.1f}\" x2=\"{2:.1f}\" y1=\"{3:.1f}\" y2=\"{3:.1f}\"/>\n",
                dot.look, across_.x(*dot.x_low), across_.x(*dot.x_high), up);
    }

    void limits() {
        for (const ChartLimit& limit : chart_.limits) {
            const double at = y(limit.value);
            const std::string text = shorten(limit.text, 40);
            const double wide = 7.6 * text_width(text);
            // Where it is in no dot's way: above or below, at either end.
            std::array<std::pair<bool, double>, 4> places = {
                {{true, at - 5}, {false, at - 5}, {true, at + 15}, {false, at + 15}}};
            std::pair<bool, double> chosen = at - 17 < dots_top ? places[2] : places[0];
            std::size_t least = chart_.dots.size() + 1;
            for (const auto& [at_right, baseline] : places) {
                if (baseline - 11 < dots_top - 6 || baseline > bottom - 3) continue;
                const double from = at_right ? right - 6 - wide : dots_left + 6;
                const Box box{from, from + wide, baseline - 11, baseline + 3};
                const auto met = static_cast<std::size_t>(
                    std::count_if(chart_.dots.begin(), chart_.dots.end(), [&](const Dot& dot) {
                        const double x = across_.x(dot.x), up = y(dot.value);
                        return box.meets(
                            {x - 6, x + 6, dot.high ? y(*dot.high) : up - 6, dot.low ? y(*dot.low) : up + 6});
                    }));
                if (met >= least) continue;
                least = met;
                chosen = {at_right, baseline};
            }
            svg_ += fmt::format(
                "<line class=\"limit\" x1=\"{0}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
                "<text class=\"limit-text\" x=\"{3:.1f}\" y=\"{4:.1f}\" text-anchor=\"{5}\">{6}</text>\n",
                dots_left, right, at, chosen.first ? right - 6 : dots_left + 6, chosen.second,
                chosen.first ? "end" : "start", escape_html(text));
        }
    }

    /// On one of four sides; nowhere where all are taken: who points at the dot sees it all the same.
    void name(const Dot& dot) {
        if (dot.name.empty()) return;
        const std::string text = shorten(dot.name, 28);
        const double at = across_.x(dot.x), up = y(dot.value), wide = 7.6 * text_width(text);
        struct Place {
            double x, baseline;
            const char* anchor;
            double left;
        };
        const std::array<Place, 4> places = {{{at + 9, up - 7, "start", at + 9},
                                              {at - 9, up - 7, "end", at - 9 - wide},
                                              {at + 9, up + 17, "start", at + 9},
                                              {at - 9, up + 17, "end", at - 9 - wide}}};
        for (const Place& place : places) {
            const Box box{place.left, place.left + wide, place.baseline - 11, place.baseline + 3};
            if (box.left < dots_left + 2 || box.right > dots_width - 2 || box.top < 0 ||
                box.bottom > bottom - 2)
                continue;
            if (std::any_of(taken_.begin(), taken_.end(), [&](const Box& one) { return box.meets(one); }))
                continue;
            taken_.push_back(box);
            svg_ +=
                fmt::format("<text class=\"beside\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                            place.x, place.baseline, place.anchor, escape_html(text));
            return;
        }
    }

    const DotChart& chart_;
    AxisAcross across_;
    ChartScale up_;
    std::vector<Box> taken_;
    std::string svg_;
};

}  // namespace

Dot::Shape shape_of(studies::Verdict verdict) {
    return verdict == studies::Verdict::met        ? Dot::Shape::circle
           : verdict == studies::Verdict::violated ? Dot::Shape::cross
                                                   : Dot::Shape::diamond;
}

std::string dots_html(const DotChart& chart) {
    DotChart drawn = chart;
    std::erase_if(drawn.dots,
                  [](const Dot& dot) { return !std::isfinite(dot.x) || !std::isfinite(dot.value); });
    std::erase_if(drawn.limits, [](const ChartLimit& limit) { return !std::isfinite(limit.value); });
    return drawn.dots.empty() ? "" : DotDrawing(drawn).all();
}

std::string lanes_html(const LaneChart& chart) {
    std::vector<Dot> dots = chart.dots;
    std::erase_if(dots, [&](const Dot& dot) {
        return !std::isfinite(dot.x) || !(dot.value >= 0) ||
               !(dot.value < static_cast<double>(chart.lanes.size()));
    });
    if (dots.empty()) return "";
    constexpr double lane_height = 66, right = dots_width - 14, left_of_lanes = 30;
    const double bottom = dots_top + lane_height * static_cast<double>(chart.lanes.size());
    const AxisAcross across(chart.across, chart.across_unit, dots, right - left_of_lanes, false);
    const auto x = [&](double value) { return across.x(value) + left_of_lanes; };
    std::string svg;
    for (std::size_t lane = 0; lane < chart.lanes.size(); ++lane) {
        const double middle = dots_top + lane_height * (static_cast<double>(lane) + 0.5);
        svg += fmt::format(
            "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
            "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
            dots_left + left_of_lanes, right, middle, dots_left + left_of_lanes - 8, middle + 4,
            escape_html(chart.lanes[lane]));
    }
    svg += fmt::format("<g transform=\"translate({} 0)\">{}</g>\n", left_of_lanes, across.svg(bottom));
    // The marked one stands in the middle of its lane, above all.
    std::stable_partition(dots.begin(), dots.end(), [](const Dot& dot) { return dot.marked; });
    std::map<std::pair<int, int>, int> there;
    std::string above;
    for (const Dot& dot : dots) {
        const double at = x(dot.x), middle = dots_top + lane_height * (dot.value + 0.5);
        const int number = there[{static_cast<int>(dot.value), static_cast<int>(std::round(at / 9))}]++;
        constexpr int most = 6;  // more of them would leave the lane
        const double offset = 9.0 * (number % most / 2 + number % 2) * (number % 2 == 0 ? 1 : -1);
        (dot.marked ? above : svg) += mark(dot, at, middle + offset);
    }
    return boxed(chart.title, chart.note, chart.title, bottom + 50, svg + above);
}

}  // namespace understudy::reports
