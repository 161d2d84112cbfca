#include "tools/reports/difference_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

std::string signed_text(double value, std::optional<double> low, std::optional<double> high, double factor,
                        const std::string& suffix) {
    if (value == 0 && low == 0.0 && high == 0.0) return "the same";
    const auto number = [&](double one) {
        const std::string text = human_number(one * factor, 3);
        return one > 0 ? "+" + text : text;
    };
    std::string text = number(value) + suffix;
    if (low && high) text += fmt::format(" ({} to {})", number(*low), number(*high));
    return text;
}

}  // namespace

std::string difference_text(double value, std::optional<double> low, std::optional<double> high,
                            std::string_view unit) {
    const double largest = std::max(std::fabs(low.value_or(value)), std::fabs(high.value_or(value)));
    return difference_text(value, low, high, unit, human_unit(largest, unit));
}

std::string difference_text(double value, std::optional<double> low, std::optional<double> high,
                            std::string_view unit, const HumanUnit& shown) {
    return signed_text(value, low, high, shown.factor, unit == "fraction" ? " points" : shown.suffix);
}

std::string relative_difference_text(double value, std::optional<double> low, std::optional<double> high) {
    return signed_text(value, low, high, 100, " %");
}

}  // namespace understudy::reports
