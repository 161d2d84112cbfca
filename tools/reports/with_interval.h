// An estimate with its interval, in one unit.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/studies/result.h"

namespace understudy::reports {

/// "13.4 s (13.3 to 13.5)"; without the interval where there is none, "-" where there is no value. Units as in
/// numbers.h. Pure.
std::string with_interval(const studies::Estimate& estimate, std::string_view unit);
/// "5.4 s (5.2 to 5.6), before 4.9 s"; without the end where nothing was before.
std::string with_interval_and_before(const studies::Estimate& estimate, std::optional<double> before,
                                     std::string_view unit);

}  // namespace understudy::reports
