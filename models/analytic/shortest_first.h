// One worker, Poisson arrivals, who has the least to do first.
//
// Without preemption (Phipps 1956), and by the least remaining with it (Schrage and Miller 1966). Both are integrals over
// the law of services; by parts they need no density, but how much is longer than x alone, so that they hold for laws with
// atoms as well, where those that are equal go in order of arrival. With r(x) the load of services up to x and
// G(x) = r(x) / (1 - r(x)), a wait without preemption is E[S^2] / 2 times the integral of G(x) / x^2. Pure, thread-safe;
// milliseconds.
#pragma once

#include <optional>
#include <vector>

#include "kernel/distribution.h"

namespace understudy::models {

/// Mean wait in line, in seconds, for a load below 1; with preemption the mean latency less the service. Nothing for laws
/// whose values lie too close together to be told apart (geometric, zipf, hundreds of recorded ones).
std::optional<double> wait_of_shortest_first(double rate, const kernel::Distribution& service,
                                             bool preemptive);

/// Without preemption, of classes of which a visit is one with probability `shares[i]` and whose services have `laws[i]`: the
/// mean wait of each, E[1 / ((1 - r(S-)) (1 - r(S)))] times what the worker has left of a service on average.
std::optional<std::vector<double>> waits_of_shortest_first(double rate, const std::vector<double>& shares,
                                                           const std::vector<kernel::Distribution>& laws);

}  // namespace understudy::models
