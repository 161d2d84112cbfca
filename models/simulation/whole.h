// Sums of nanoseconds that no run can overflow and no order of adding can change.
#pragma once

namespace understudy::models {

__extension__ using Whole = __int128;

}  // namespace understudy::models
