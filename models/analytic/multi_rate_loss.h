// Several classes that each take so many units of one pool for the whole of a service, and are lost where these are not free.
//
// The probabilities of how many units are taken follow from one another, whatever the laws of service (Kaufman 1981, eq. 8;
// Roberts 1981): n q(n) = sum over classes of a_i b_i q(n - b_i), where a class offers a_i services at a time and each takes
// b_i units. With one class of one unit it is Erlang's loss formula. Pure, thread-safe; steps grow with units times classes.
#pragma once

#include <vector>

namespace understudy::models {

struct UnitsClass {
    double offered = 0;  ///< arrivals per second times the mean service
    long units = 1;
};
struct UnitsAnswer {
    std::vector<double> lost;              ///< by class: share of arrivals
    double taken = 0;                      ///< units, on average
    double none_taken = 0, all_taken = 0;  ///< shares of time
};
UnitsAnswer multi_rate_loss(const std::vector<UnitsClass>& classes, long units);

}  // namespace understudy::models
