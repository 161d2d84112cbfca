// Horizontal bars with intervals, in groups with a name each, as SVG that needs no script and stays as it is on paper. Internal
// to tools/reports. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace understudy::reports {

struct Bar {
    std::string name;  ///< "alone"; may be empty
    double value = 0;
    std::optional<double> low, high;
    std::string text;   ///< at its right: "62 %"
    std::string title;  ///< for who points at it
    int look = 0;       ///< 0 to 2: of one kind with those of other groups
};
struct BarGroup {
    std::string name;  ///< "spark.workers"
    std::vector<Bar> bars;
    bool marked = false;  ///< the one that it is about
};
struct BarChart {
    std::string title, note = {};
    std::string unit;
    std::vector<BarGroup> groups;
};

/// In a box with its title; bars begin at 0. Empty: there is none.
std::string bars_html(const BarChart& chart);

}  // namespace understudy::reports
