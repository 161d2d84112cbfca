#include "tools/reports/with_interval.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/reports/numbers.h"

namespace understudy::reports {

std::string with_interval(const studies::Estimate& estimate, std::string_view unit) {
    if (!estimate.value) return "-";
    const double largest = std::max(std::fabs(estimate.high.value_or(*estimate.value)),
                                    std::fabs(estimate.low.value_or(*estimate.value)));
    const HumanUnit shown = human_unit(largest, unit);
    std::string text = human_number(*estimate.value * shown.factor) + shown.suffix;
    if (estimate.low && estimate.high)
        text += fmt::format(" ({} to {})", human_number(*estimate.low * shown.factor),
                            human_number(*estimate.high * shown.factor));
    return text;
}

}  // namespace understudy::reports
