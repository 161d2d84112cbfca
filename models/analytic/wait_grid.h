// Quantiles of waits and latencies of M/G/1, fifo, where no closed form has them, by numbers on a grid.
//
// A wait is a geometric number of excesses of services (Pollaczek 1930; Kendall 1957), so that its law on a grid
// follows from that of the excess by a recursion (Panjer 1981); excesses are put on the grid with their mean kept
// (Gerber 1982). The error goes with the square of the step where services have a density; where they jump, a jump is
// off by half a step at most. Pure,
// thread-safe; below a millisecond each.
#pragma once

#include <optional>

#include "kernel/distribution.h"

namespace understudy::models {

struct OneServerQuantiles {
    double wait = 0, latency = 0;  ///< seconds
};
/// How far they may be off, as a share.
inline constexpr double error_of_grid = 0.01;

/// `rate` times the service's mean below 1; 0 < p < 1. Nothing where the law's tail is so heavy that no grid holds both
/// it and the rest.
std::optional<OneServerQuantiles> one_server_quantiles(double rate, const kernel::Distribution& service,
                                                       double p);

}  // namespace understudy::models
