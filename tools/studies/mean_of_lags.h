// The mean of lags that logs have, and how sure it is. Internal to tools/studies; pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::studies {

inline constexpr std::size_t fewest_lags = 10;
/// Two means are another at 1 percent.
inline constexpr double level_of_another = 0.995;

struct MeanOfLags {
    double mean = 0, error = 0, n = 0;
    explicit MeanOfLags(const std::vector<double>& values) {
        const kernel::Moments moments = kernel::moments_of(values);
        n = static_cast<double>(values.size());
        mean = values.empty() ? 0 : moments.mean();
        error = values.size() < 2 ? 0 : std::sqrt(moments.variance() / n);
    }
    bool told() const { return n >= static_cast<double>(fewest_lags); }
};

/// By Welch's statistic (Welch 1947) with the fewer of both degrees of freedom.
inline bool is_another(const MeanOfLags& a, const MeanOfLags& b) {
    const double degrees = std::max(1.0, std::min(a.n, b.n) - 1);
    return std::fabs(a.mean - b.mean) > kernel::student_quantile(level_of_another, degrees) *
                                                std::sqrt(a.error * a.error + b.error * b.error) +
                                            1e-9;
}

}  // namespace understudy::studies
