#include "models/analytic/multi_rate_loss.h"

namespace understudy::models {

UnitsAnswer multi_rate_loss(const std::vector<UnitsClass>& classes, long units) {
    std::vector<double> taken = {1};
    double sum = 1;
    for (long n = 1; n <= units; ++n) {
        double next = 0;
        for (const UnitsClass& one : classes)
            if (one.units <= n)
                next += one.offered * static_cast<double>(one.units) *
                        taken[static_cast<std::size_t>(n - one.units)];
        taken.push_back(next / static_cast<double>(n));
        sum += taken.back();
        constexpr double large = 1e200;
        if (sum > large) {
            for (double& share : taken) share /= sum;
            sum = 1;
        }
    }
    UnitsAnswer answer;
    for (double& share : taken) share /= sum;
    for (std::size_t n = 0; n < taken.size(); ++n) answer.taken += static_cast<double>(n) * taken[n];
    answer.none_taken = taken.front();
    answer.all_taken = taken.back();
    for (const UnitsClass& one : classes) {
        double lost = 0;
        for (long n = units; n >= 0 && n > units - one.units; --n) lost += taken[static_cast<std::size_t>(n)];
        answer.lost.push_back(lost);
    }
    return answer;
}

}  // namespace understudy::models
