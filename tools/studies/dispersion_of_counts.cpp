#include "tools/studies/dispersion_of_counts.h"

#include <algorithm>
#include <cmath>

#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::studies {

std::pair<double, double> dispersion_of_counts(const std::vector<std::vector<double>>& logs) {
    double squares = 0, degrees = 0;
    for (const std::vector<double>& gaps : logs) {
        const auto windows =
            std::min<std::size_t>(gaps.size() / static_cast<std::size_t>(arrivals_a_window), 1000);
        if (windows < 5) continue;
        std::vector<double> counts(windows, 0.0);
        double span = 0, at = 0;
        for (const double gap : gaps) span += gap;
        const double each = span / static_cast<double>(windows);
        for (const double gap : gaps) {
            at += gap;
            // Those between two windows count to the first: the gap before them ends there.
            const auto window = static_cast<std::size_t>(std::max(0.0, std::ceil(at / each) - 1));
            ++counts[std::min(window, windows - 1)];
        }
        const kernel::Moments moments = kernel::moments_of(counts);
        squares += moments.squared_distances() / moments.mean();
        degrees += static_cast<double>(windows - 1);
    }
    return {degrees > 0 ? squares / degrees : 1, degrees};
}

bool varies_more(double dispersion, double usual, double degrees) {
    constexpr double level = 0.01;
    return degrees > 0 && usual > 0 &&
           kernel::gamma_survival(0.5 * degrees, 0.5 * dispersion / usual * degrees) < level;
}

}  // namespace understudy::studies
