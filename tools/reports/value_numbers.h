// Values of a parameter as numbers, as far as their texts are. Internal to tools/reports. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace understudy::reports {

struct ValueNumbers {
    std::vector<double> values;  ///< in the order of the texts
    std::string unit;  ///< of all of them, as human() knows it: "s"; "x" of multiples; empty: counts
};
/// Of "4", "0.5x", "30s" and the like: all have one unit, or durations of any. Nothing where a text is none of these.
std::optional<ValueNumbers> numbers_of(const std::vector<std::string>& texts);

}  // namespace understudy::reports
