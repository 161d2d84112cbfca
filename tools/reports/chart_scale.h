// The scale of an axis: where values stand, and the ticks that people read easily; logarithmic where values are far apart.
// Internal to tools/reports. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace understudy::reports {

/// What an axis is to hold; at least one value, all finite.
struct ScaleOf {
    std::string unit;
    std::vector<double> values;
    std::vector<double> ends = {};  ///< of intervals, which may be cut off
    bool from_zero = false;         ///< it begins at 0 whatever the values
    /// Ends that are known.
    void take(std::optional<double> low, std::optional<double> high);
};

struct ChartScale {
    struct Tick {
        double value = 0;
        std::string text;
    };
    bool logarithmic = false;
    double low = 0, high = 1;
    std::string unit;  ///< of all ticks; empty: each has its own
    std::vector<Tick> ticks;

    /// From 0 at the begin to 1; what lies beyond an end stands at it.
    double place(double value) const;
};

ChartScale chart_scale(const ScaleOf& asked);

}  // namespace understudy::reports
