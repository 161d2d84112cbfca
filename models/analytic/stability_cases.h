// Stations of which the load alone does not say whether their line grows without end.
//
// Arrivals at equal intervals that are served one interval later at most are in step with their workers: nobody ever
// waits, also where as much is offered as can be done (D/D/c).
//
// Where who comes takes the place of who is at work, and that work begins anew (order: lifo, preempt, interrupted:
// restart), a service of s is tried until no arrival falls into it: of Poisson arrivals at a rate r that takes
// (exp(r s) - 1) / r of work in the mean (Gaver 1962, preemptive repeat identical). So the load is E[exp(r S)] - 1, which
// may pass 1 where that of the services is far below: of exponential services it does from a load of one half on.
// Services beyond the rarest one in 10^12 are left out: of laws with a long tail the mean of that work is infinite, and
// no run sees it. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::models {

/// All that comes to the element is served in step: at equal intervals, before the turn of its worker comes again.
bool is_in_step(const Scenario& scenario, const std::string& element);

/// The load of an element with one worker whose work begins anew whenever another item comes; nothing where it has
/// another order, or arrivals are not known to be Poisson. `items` come per second, by stage and load.
std::optional<double> load_of_work_begun_anew(const Scenario& scenario, const std::string& element,
                                              const std::vector<std::vector<double>>& items);

}  // namespace understudy::models
