// The longest that anything of a scenario takes by its laws: a service, a pause before a try, a worker's time until it
// fails. A run that is not many times as long has not seen what the scenario does.
//
// No I/O; pure.
#pragma once

#include "models/scenario.h"

namespace understudy::studies {

/// In seconds, on average; of a law without a mean, where its middle is. What cuts waits short (time-outs) takes no time of
/// its own. 0: nothing takes any.
double longest_stay(const models::Scenario& scenario);

}  // namespace understudy::studies
