#include "tools/reports/with_interval.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/numbers.h"

namespace understudy::reports {

namespace {

std::string interval_in(const HumanUnit& shown, const studies::Estimate& estimate) {
    if (!estimate.value) return "-";
    std::string text = human_in(shown, estimate.value);
    if (estimate.low && estimate.high)
        text += fmt::format(" ({} to {})", human_number(*estimate.low * shown.factor),
                            human_number(*estimate.high * shown.factor));
    return text;
}

}  // namespace

std::string with_interval(const studies::Estimate& estimate, std::string_view unit) {
    return with_interval_and_before(estimate, {}, unit);
}

std::string with_interval_and_before(const studies::Estimate& estimate, std::optional<double> before,
                                     std::string_view unit) {
    std::optional<double> largest = estimate.value;
    if (estimate.low && estimate.high) largest = std::max(std::abs(*estimate.low), std::abs(*estimate.high));
    const UnitsBeside units = units_beside(largest, before, unit);
    return interval_in(units.first, estimate) + (before ? ", before " + human_in(units.second, before) : "");
}

}  // namespace understudy::reports
