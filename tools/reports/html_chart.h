// Lines with bands and dots against what was raised or varied, as SVG that needs no script and stays as it is on paper.
// Internal to tools/reports. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace understudy::reports {

struct ChartPoint {
    double x = 0;  ///< from 0 to 1, across
    double value = 0;
    std::optional<double> low, high;
    std::string title;  ///< for who points at it
    std::string look;   ///< class of the dot: "is-met"; empty: as its line
};
struct ChartLine {
    std::string name;
    std::vector<ChartPoint> points;  ///< from left to right
};
struct ChartLimit {
    std::string text;
    double value = 0;
};
/// What all charts of a page have across.
struct ChartAcross {
    struct Tick {
        double x = 0;
        std::string text, look = {};
    };
    struct Range {
        double low = 0, at = 0, high = 0;
    };
    std::string name;
    std::vector<Tick> ticks;  ///< as many as there is room for, those that matter most first
    std::optional<double> holds,
        breaks;  ///< beyond the second something is wrong, and between them nobody knows
    std::optional<Range> best;
    std::vector<Range> open = {};  ///< stretches of which nobody knows
};
struct Chart {
    std::string title, note = {}, unit;
    std::vector<ChartLine> lines;  ///< up to three
    std::vector<ChartLimit> limits = {};
    bool from_zero = false;  ///< the scale begins at 0 whatever the values
};

/// In a box with its title; the scale is logarithmic where values are far apart. Empty: there is no line of two points.
std::string chart_html(const Chart& chart, const ChartAcross& across);

}  // namespace understudy::reports
