#include "kernel/intervals.h"

#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

namespace {

void require_level(double level) {
    require(level > 0.0 && level < 1.0, "a confidence must lie between 0 and 1");
}

/// `skewness` is that of the mean.
std::optional<Estimate> interval_about_mean(std::span<const double> values, double skewness, double level,
                                            Range range) {
    require_level(level);
    if (values.size() < 2) return std::nullopt;
    const Moments moments = moments_of(values);
    const auto n = static_cast<double>(values.size());
    const double t = student_quantile(0.5 + 0.5 * level, n - 1.0);
    const double error = std::sqrt(moments.variance() / n);
    const auto limit = [&](double side) {
        return std::clamp(moments.mean() - skewed_t(side * t, skewness) * error, range.low, range.high);
    };
    return Estimate{values.size(), level, moments.mean(), limit(1), limit(-1), std::sqrt(moments.variance())};
}

double skewness_of_mean(std::span<const double> values) {
    if (values.size() < fewest_for_skewness) return 0;
    const Moments moments = moments_of(values);
    if (!(moments.variance() > 0)) return 0;
    const auto n = static_cast<double>(values.size());
    const double deviation = std::sqrt(moments.variance());
    double cubes = 0;
    for (const double value : values) {
        const double away = (value - moments.mean()) / deviation;
        cubes += away * away * away;
    }
    return n / ((n - 1) * (n - 2)) * cubes / std::sqrt(n);
}

}  // namespace

double skewed_t(double t, double skewness) {
    const double a = skewness / 6;
    if (std::fabs(a) < 1e-6) return t;
    const double cube = 1 + 6 * a * (t - a);
    const double root = cube == 0 ? 0 : std::copysign(exact::pow(std::fabs(cube), 1.0 / 3), cube);
    return (root - 1) / (2 * a);
}

std::optional<Estimate> student_interval(std::span<const double> values, double level, Range range) {
    return interval_about_mean(values, 0, level, range);
}

std::optional<Estimate> mean_interval(std::span<const double> values, double level, Range range) {
    return interval_about_mean(values, skewness_of_mean(values), level, range);
}

std::optional<Estimate> share_interval(std::size_t successes, std::size_t trials, double level) {
    require_level(level);
    require(successes <= trials, "more successes than trials");
    if (trials == 0) return std::nullopt;
    const auto k = static_cast<double>(successes);
    const auto n = static_cast<double>(trials);
    const ShareLimits limits = binomial_limits(k, n, level);
    return Estimate{trials, level, k / n, limits.low, limits.high, 0.0};
}

std::optional<Estimate> pooled_share_interval(std::span<const double> shares, Tally pooled, double level,
                                              Range range) {
    auto result = mean_interval(shares, level, range);
    if (!result || pooled.trials == 0 || pooled.count > pooled.trials) return result;
    const auto of_counts = share_interval(pooled.count, pooled.trials, level);
    result->low = std::min(result->low, of_counts->low);
    result->high = std::max(result->high, of_counts->high);
    return result;
}

std::vector<double> average_series(std::span<const std::vector<double>> series) {
    if (series.empty()) return {};
    std::size_t length = series.front().size();
    for (const auto& one : series) length = std::min(length, one.size());
    std::vector<double> average(length);
    for (std::size_t i = 0; i < length; ++i) {
        double sum = 0.0;
        for (const auto& one : series) sum += one[i];
        average[i] = sum / static_cast<double>(series.size());
    }
    return average;
}

WarmUp warm_up(std::span<const double> average_series) {
    constexpr std::size_t batch = 5;
    constexpr std::size_t fewest = 10;
    constexpr std::size_t left_out = 5;  // so few batches are alike by chance
    const std::size_t batches = average_series.size() / batch;
    if (batches < fewest) return {};
    // From the end, so that each cut adds one batch mean to what remains (Welford's update).
    // What rounding leaves of equal values is no reason for a cut.
    double size = 0.0;
    for (const double value : average_series) size = std::max(size, std::fabs(value));
    const double rounding = 1e-12 * size;
    double mean = 0.0;
    double squares = 0.0;
    WarmUp best;
    best.statistic = std::numeric_limits<double>::infinity();
    std::size_t best_cut = 0;
    for (std::size_t cut = batches; cut-- > 0;) {
        double sum = 0.0;
        for (std::size_t i = 0; i < batch; ++i) sum += average_series[cut * batch + i];
        const double value = sum / batch;
        const auto remaining = static_cast<double>(batches - cut);
        const double distance = value - mean;
        mean += distance / remaining;
        squares += distance * (value - mean);
        const double statistic =
            squares > remaining * rounding * rounding ? squares / (remaining * remaining) : 0.0;
        if (batches - cut >= left_out && statistic <= best.statistic) {
            best.statistic = statistic;
            best_cut = cut;
        }
    }
    best.cut = best_cut * batch;
    best.status = 2 * best_cut > batches ? WarmUp::Status::too_short : WarmUp::Status::found;
    return best;
}

}  // namespace understudy::kernel
