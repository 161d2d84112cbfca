// An estimate with its interval, in one unit.
#pragma once

#include <string>
#include <string_view>

#include "tools/studies/result.h"

namespace understudy::reports {

/// "13.4 s (13.3 to 13.5)"; without the interval where there is none, "-" where there is no value. Units as in
/// numbers.h. Pure.
std::string with_interval(const studies::Estimate& estimate, std::string_view unit);

}  // namespace understudy::reports
