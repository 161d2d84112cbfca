#include "kernel/intervals.h"

#include <algorithm>
#include <cmath>

#include "kernel/invariant.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

namespace {

void require_level(double level) {
    require(level > 0.0 && level < 1.0, "a confidence must lie between 0 and 1");
}

Estimate interval_about(double centre, double variance, std::size_t count, double level, Range range) {
    const auto n = static_cast<double>(count);
    const double t = student_quantile(0.5 + 0.5 * level, n - 1.0);
    const double half_width = t * std::sqrt(variance / n);
    const auto cut = [range](double value) { return std::clamp(value, range.low, range.high); };
    return {count, level, centre, cut(centre - half_width), cut(centre + half_width), std::sqrt(variance)};
}

}  // namespace

std::optional<Estimate> mean_interval(std::span<const double> values, double level, Range range) {
    require_level(level);
    if (values.size() < 2) return std::nullopt;
    const Moments moments = moments_of(values);
    return interval_about(moments.mean(), moments.variance(), values.size(), level, range);
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
        const double statistic = squares / (remaining * remaining);
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
