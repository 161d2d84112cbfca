#include "tools/reports/chart_scale.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

/// What is further apart is drawn on a logarithmic scale.
constexpr double far_apart = 12;

/// 1, 2 or 5 times a power of ten, for about `wanted` steps.
double step_of(double span, int wanted) {
    const double rough = span / wanted, power = std::pow(10.0, std::floor(std::log10(rough)));
    const double times = rough / power;
    return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

ChartScale linear_scale(double low, double high, const std::string& unit) {
    ChartScale scale;
    const bool share = unit == "fraction" && low >= 0 && high <= 1;
    if (low >= 0 && low < 0.5 * high) low = 0;
    const double pad = high > low ? 0.06 * (high - low) : std::max(std::abs(high), 1.0) * 0.5;
    scale.high = share ? std::min(1.0, high + pad) : high + pad;
    scale.low = low == 0 ? 0 : low > 0 ? std::max(0.0, low - pad) : low - pad;
    const HumanUnit shown = human_unit(std::max(std::abs(scale.low), std::abs(scale.high)), unit);
    scale.unit = shown.suffix;
    const double step = step_of((scale.high - scale.low) * shown.factor, 5);
    const double first = std::ceil(scale.low * shown.factor / step - 1e-9);
    for (int i = 0; i < 12; ++i) {
        const double at = (first + i) * step;
        if (at > scale.high * shown.factor * (1 + 1e-9)) break;
        scale.ticks.push_back({at / shown.factor, human_number(at)});
    }
    return scale;
}

/// Values that people read easily, between the two.
std::vector<double> round_values(double low, double high, const std::string& unit, bool coarse) {
    std::vector<double> values;
    const auto decades = [&](double from, double below, double base, std::initializer_list<double> times) {
        for (double power = from; power < below; power *= base)
            for (const double one : times)
                if (power * one < below) values.push_back(power * one);
    };
    if (unit == "s") {
        if (coarse) {
            decades(1e-9, 20, 10, {1});
            for (const double one : {60.0, 600.0, 3600.0, 6 * 3600.0, 86400.0}) values.push_back(one);
            decades(864'000, 1e15, 10, {1});
        } else {
            decades(1e-9, 20, 10, {1, 2, 5});
            for (const double one : {20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0,
                                     3 * 3600.0, 6 * 3600.0, 12 * 3600.0})
                values.push_back(one);
            decades(86'400, 1e15, 10, {1, 2, 5});
        }
    } else if (unit == "bytes") {
        decades(1, 1e24, 1024, {1, 10, 100});
    } else if (coarse) {
        decades(1e-12, 1e24, 10, {1});
    } else {
        decades(1e-12, 1e24, 10, {1, 2, 5});
    }
    values.erase(std::remove_if(values.begin(), values.end(),
                                [&](double value) { return value < low || value > high; }),
                 values.end());
    return values;
}

ChartScale logarithmic_scale(double low, double high, const std::string& unit) {
    ChartScale scale;
    scale.logarithmic = true;
    const double pad = std::pow(high / low, 0.06);
    scale.low = low / pad;
    scale.high = unit == "fraction" && high <= 1 ? std::min(1.0, high * pad) : high * pad;
    std::vector<double> values = round_values(scale.low, scale.high, unit, true);
    if (values.size() < 4) values = round_values(scale.low, scale.high, unit, false);
    // What would still be too many is thinned out evenly.
    const std::size_t each = (values.size() + 7) / 8;
    const bool own_unit = unit == "s" || unit == "bytes";
    const HumanUnit shown = human_unit(scale.high, unit);
    if (!own_unit) scale.unit = shown.suffix;
    for (std::size_t i = 0; i < values.size(); i += std::max<std::size_t>(1, each))
        scale.ticks.push_back(
            {values[i], own_unit ? human(values[i], unit, 3) : human_number(values[i] * shown.factor, 3)});
    return scale;
}

}  // namespace

void ScaleOf::take(std::optional<double> low, std::optional<double> high) {
    for (const std::optional<double>& end : {low, high})
        if (end && std::isfinite(*end)) ends.push_back(*end);
}

double ChartScale::place(double value) const {
    const double share =
        logarithmic ? (std::log(std::max(value, low)) - std::log(low)) / (std::log(high) - std::log(low))
                    : (value - low) / (high - low);
    return std::clamp(share, 0.0, 1.0);
}

ChartScale chart_scale(const ScaleOf& asked) {
    double low = INFINITY, high = -INFINITY;
    const auto take = [&](double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    };
    for (const double value : asked.values) take(value);
    if (asked.from_zero) take(0);
    if (low > 0 && high > far_apart * low) return logarithmic_scale(low, high, asked.unit);
    // Intervals as far as they do not squeeze what they are of.
    const double reach = 0.5 * (high - low), least = low - reach, most = high + reach;
    for (const double end : asked.ends) take(std::clamp(end, least, most));
    return linear_scale(low, high, asked.unit);
}

}  // namespace understudy::reports
