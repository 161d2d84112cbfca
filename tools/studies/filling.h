// How long a system that begins empty takes to fill: while it does, only what stays for a short time has come out of it.
//
// Pure functions, thread-safe.
#pragma once

#include <vector>

#include "kernel/time.h"

namespace understudy::studies {

/// When a system that is fed evenly lacks no more than `share` of what it will hold, where what comes in stays for these
/// times: the least t with E[(T - t)+] <= share E[T]. A few that stay for ever hold nobody up. 0 of none.
kernel::Time until_filled(std::vector<kernel::Time> stays, double share);

}  // namespace understudy::studies
