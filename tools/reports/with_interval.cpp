#include "tools/reports/with_interval.h"

#include <fmt/format.h>

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
    const HumanUnit shown = estimate.low && estimate.high
                                ? shared_unit({estimate.low, estimate.high, before}, unit)
                                : shared_unit({estimate.value, before}, unit);
    return interval_in(shown, estimate) + (before ? ", before " + human_in(shown, before) : "");
}

}  // namespace understudy::reports
