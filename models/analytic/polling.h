// One worker that goes round among several lines: polling systems with exhaustive or gated visits, whatever the laws of
// services and of the ways between lines.
//
// How many wait in each line when the worker comes to the next one follows from how many waited when it came to this one, and
// so do their means and second moments, which are linear in each other: the buffer occupancy equations (Cooper and Murray
// 1969; Takagi 1986, sec. 4.2 and 5.2). They are solved by going round until nothing changes. Waits follow from the second
// factorial moment of those who wait as the worker comes. Pure, thread-safe; steps grow with the cube of the lines.
#pragma once

#include <optional>
#include <vector>

#include "models/analytic/queues.h"

namespace understudy::models {

struct PolledLine {
    double rate = 0;
    WorkLaw service;
    bool gated = false;  ///< those are served who wait as the worker comes; else all until nobody waits
};

/// Mean waits of lines in the order of visits, `turning` being the way to the next one, of a mean above 0. Loads sum to less
/// than 1. Nothing where it takes too long to settle, close to the critical load.
std::optional<std::vector<double>> polling_waits(const std::vector<PolledLine>& lines,
                                                 const WorkLaw& turning);

/// The mean time until the worker comes again.
double polling_cycle(const std::vector<PolledLine>& lines, const WorkLaw& turning);

}  // namespace understudy::models
