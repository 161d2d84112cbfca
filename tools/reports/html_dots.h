// Dots with intervals in a plane of two numbers, or of a number across lanes, as SVG that needs no script and stays as it is on
// paper. Verdicts differ in shape as well as in colour. Internal to tools/reports. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/reports/html_chart.h"
#include "tools/studies/result.h"

namespace understudy::reports {

struct Dot {
    enum class Shape { circle, ring, diamond, cross };
    double x = 0, value = 0;
    std::optional<double> x_low, x_high, low, high;
    std::string title;  ///< for who points at it
    Shape shape = Shape::circle;
    std::string look = "l0";  ///< a class of colour: "is-met"
    std::string name = {};    ///< beside it, where there is room
    bool marked = false;      ///< the one that it is about
};
Dot::Shape shape_of(studies::Verdict verdict);

struct DotChart {
    std::string title, note = {};
    std::string across, across_unit;  ///< what is across
    std::string unit;                 ///< of what is upward
    std::vector<Dot> dots;
    std::vector<ChartLimit> limits = {};
    bool joined = false;  ///< those with a full dot, by steps from left to right
    bool from_zero = false;
};
/// In a box with its title. Empty: there is no dot.
std::string dots_html(const DotChart& chart);

/// Dots in lanes, one above the other; `value` of a dot is its lane.
struct LaneChart {
    std::string title, note = {};
    std::string across, across_unit;
    std::vector<std::string> lanes = {};  ///< from the top
    std::vector<Dot> dots = {};
};
/// The same; dots at one place stand beside each other.
std::string lanes_html(const LaneChart& chart);

}  // namespace understudy::reports
