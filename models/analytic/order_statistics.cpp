#include "models/analytic/order_statistics.h"

namespace understudy::models {

std::optional<Phases> time_of_kth(long parts, long k, double mean) {
    if (static_cast<std::size_t>(k) > most_phases) return std::nullopt;
    const auto size = static_cast<std::size_t>(k);
    Phases law{std::vector<double>(size, 0),
               std::vector<std::vector<double>>(size, std::vector<double>(size, 0))};
    law.start[0] = 1;
    for (std::size_t i = 0; i < size; ++i) {
        const double rate = static_cast<double>(parts - static_cast<long>(i)) / mean;
        law.rates[i][i] = -rate;
        if (i + 1 < size) law.rates[i][i + 1] = rate;
    }
    return law;
}

double mean_of_kth(long parts, long k, double mean) {
    double sum = 0;
    for (long i = 0; i < k; ++i) sum += mean / static_cast<double>(parts - i);
    return sum;
}

double variance_of_kth(long parts, long k, double mean) {
    double sum = 0;
    for (long i = 0; i < k; ++i) {
        const double one = mean / static_cast<double>(parts - i);
        sum += one * one;
    }
    return sum;
}

}  // namespace understudy::models
