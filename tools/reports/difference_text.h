// How much one run has more than another, as people read it. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/reports/numbers.h"

namespace understudy::reports {

/// "-4.9 s (-5.3 to -4.5)": signs say the direction; differences of shares are points, which "%" would hide. "the same"
/// where it is exactly 0; without limits the value alone.
std::string difference_text(double value, std::optional<double> low, std::optional<double> high,
                            std::string_view unit);
/// Beside the values that differ, in the unit that they are shown in.
std::string difference_text(double value, std::optional<double> low, std::optional<double> high,
                            std::string_view unit, const HumanUnit& shown);

/// The same of a share of the baseline: "+12 % (+11 to +13)".
std::string relative_difference_text(double value, std::optional<double> low, std::optional<double> high);

}  // namespace understudy::reports
