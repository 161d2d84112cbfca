// Lines of which a mean is known by a chain of one level after the other although several lines or needs meet: jobs that take
// several units of one pool, strictly first come first served, and two lines of which who comes joins the shorter one.
//
// Exponential services, Poisson arrivals. Pure, thread-safe; what has too many phases is refused.
#pragma once

#include <optional>
#include <vector>

namespace understudy::models {

struct GangClass {
    double rate = 0, service = 0;
    int units = 1;
};
struct GangAnswer {
    std::vector<double> present, line;  ///< by class, on average
    double taken = 0;                   ///< units, on average
};
/// The first in line waits until as many units are free as it takes, and all others behind it (Brill and Green 1984; Melikov
/// 1996): of those behind it only how many they are counts, for what they take is as random as it was when they came. Levels
/// are as many in line as units together can let in at once. Nothing where there is no steady state.
std::optional<GangAnswer> gangs_in_line(const std::vector<GangClass>& classes, int units);

struct ShortestQueueAnswer {
    double present = 0;
    double both_busy = 0, empty = 0;  ///< shares of time
};
/// Two lines with a worker each; who comes joins the shorter one, either where they are alike, and stays there (Kingman 1961;
/// Flatto and McKean 1977). Levels are those in the shorter line, phases how many more are in the other, cut off where less
/// than 10^-12 is beyond.
std::optional<ShortestQueueAnswer> shortest_of_two(double rate, double service);

}  // namespace understudy::models
