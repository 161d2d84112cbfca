#include "kernel/autocorrelation.h"

#include <cmath>

#include "kernel/intervals.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

double relaxation(std::span<const std::vector<double>> series) {
    constexpr std::size_t most_series = 128, most_places = 1024;
    series = series.subspan(0, std::min(series.size(), most_series));
    if (series.empty()) return 0;
    std::size_t length = series.front().size();
    for (const auto& one : series) length = std::min(length, one.size());
    const std::size_t together = (length + most_places - 1) / most_places;
    if (together == 0) return 0;
    const std::size_t places = length / together;
    std::vector<std::vector<double>> distances;  // from the mean of all
    for (const auto& one : series) {
        distances.emplace_back(places);
        for (std::size_t i = 0; i < places; ++i)
            for (std::size_t k = 0; k < together; ++k)
                distances.back()[i] += one[i * together + k] / static_cast<double>(together);
    }
    double size = 0;
    for (const auto& one : distances)
        for (const double value : one) size = std::max(size, std::fabs(value));
    std::vector<double> mean = average_series(distances);
    if (series.size() == 1) std::fill(mean.begin(), mean.end(), moments_of(distances.front()).mean());
    for (auto& one : distances)
        for (std::size_t i = 0; i < places; ++i) one[i] -= mean[i];
    const auto covariance = [&](std::size_t lag) {
        double sum = 0;
        for (const auto& one : distances)
            for (std::size_t i = lag; i < places; ++i) sum += one[i - lag] * one[i];
        return sum / static_cast<double>(places - lag);
    };
    const double variance = covariance(0);
    // What rounding leaves of equal values is no variation, and goes on for as long as they do.
    constexpr double rounding = 1e-12;
    if (!(variance > rounding * size * rounding * size)) return 0;
    const auto time = windowed_time(places - 1, [&](std::size_t lag) { return covariance(lag) / variance; });
    // A window that does not close leaves all that there is: as long as the series.
    return time.value_or(static_cast<double>(places)) * static_cast<double>(together);
}

}  // namespace understudy::kernel
