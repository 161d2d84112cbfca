#include "kernel/batch_means.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernel/autocorrelation.h"
#include "kernel/invariant.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

constexpr double fewest_stretches = 20;
/// A run that saw no long busy period counts more stretches than it has, and is not told from one that has as many. So the
/// fewer were counted, the farther an interval reaches: 1 + (this / stretches)^2 times.
constexpr double stretches_that_double = 35;
/// Of batches this long the variance of the average is found a few percent too small at most.
constexpr double stretches_a_batch = 60;
/// The fewer there are, the less harm is done where parts seem to depend on each other less than they do; the more, the
/// narrower the interval.
constexpr double fewest_batches = 5, most_batches = 16;
/// The skewness is that of so many batches: fewer hardly have one.
constexpr std::size_t batches_for_skewness = 20;

/// In parts: half of what the variance of their mean is larger by than that of independent ones. Infinite where it is
/// too long for the run.
double autocorrelation_time(std::span<const double> residuals) {
    const std::size_t n = residuals.size();
    const auto product = [&](std::size_t lag) {
        double sum = 0;
        for (std::size_t i = 0; i + lag < n; ++i) sum += residuals[i] * residuals[i + lag];
        return sum;
    };
    const double whole = product(0);
    if (!(whole > 0)) return 0.5;
    const std::size_t most = 5 * n / (2 * static_cast<std::size_t>(fewest_stretches));
    return windowed_time(most, [&](std::size_t lag) { return product(lag) / whole; })
        .value_or(std::numeric_limits<double>::infinity());
}

/// The residuals, of as many neighbours together as it takes for four of five to have data: of parts that are mostly empty
/// hardly one depends on the next, however much one item does.
std::vector<double> without_gaps(std::span<const Part> parts, const std::vector<double>& residuals) {
    std::size_t together = 1;
    const auto is_filled = [&] {
        std::size_t filled = 0;
        for (std::size_t first = 0; first + together <= parts.size(); first += together)
            filled += std::any_of(parts.begin() + static_cast<std::ptrdiff_t>(first),
                                  parts.begin() + static_cast<std::ptrdiff_t>(first + together),
                                  [](const Part& part) { return part.base > 0; });
        return 5 * filled >= 4 * (parts.size() / together);
    };
    while (parts.size() / (2 * together) >= fewest_parts && !is_filled()) together *= 2;
    std::vector<double> joined(parts.size() / together);
    for (std::size_t i = 0; i < joined.size() * together; ++i) joined[i / together] += residuals[i];
    return joined;
}

/// Means of the powers of the sums over all batches of neighbours.
struct Sums {
    double squares = 0, cubes = 0;
};
Sums sums_over_batches(std::span<const double> residuals, std::size_t batch) {
    double sum = 0;
    Sums all;
    for (std::size_t i = 0; i < residuals.size(); ++i) {
        sum += residuals[i];
        if (i >= batch) sum -= residuals[i - batch];
        if (i + 1 < batch) continue;
        all.squares += sum * sum;
        all.cubes += sum * sum * sum;
    }
    const auto count = static_cast<double>(residuals.size() - batch + 1);
    return {all.squares / count, all.cubes / count};
}

/// Of the mean of so many batches.
double skewness_of(std::span<const double> residuals) {
    const Sums sums = sums_over_batches(residuals, residuals.size() / batches_for_skewness);
    if (!(sums.squares > 0)) return 0;
    constexpr double k = batches_for_skewness;
    const double unbiased = k * k / ((k - 1) * (k - 2));
    return unbiased * sums.cubes / (sums.squares * std::sqrt(sums.squares)) / std::sqrt(k);
}

}  // namespace

std::optional<BatchMeans> batch_means(std::span<const Part> parts) {
    const std::size_t n = parts.size();
    if (n < fewest_parts) return std::nullopt;
    double sum = 0;
    BatchMeans result;
    for (const Part& part : parts) {
        sum += part.sum;
        result.base += part.base;
    }
    if (!(result.base > 0)) return std::nullopt;
    result.average = sum / result.base;
    std::vector<double> residuals;
    residuals.reserve(n);
    double squares = 0;
    for (const Part& part : parts) {
        residuals.push_back(part.sum - result.average * part.base);
        squares += residuals.back() * residuals.back();
    }
    const auto all = static_cast<double>(n);
    // What rounding leaves of a constant is no residual.
    const double rounding = 1e-11 * result.average * result.base / all;
    if (squares <= all * rounding * rounding) std::fill(residuals.begin(), residuals.end(), 0.0);
    const std::vector<double> joined = without_gaps(parts, residuals);
    result.stretches = static_cast<double>(joined.size()) / (2 * autocorrelation_time(joined));
    if (result.stretches < fewest_stretches) return std::nullopt;
    const double batches = std::clamp(result.stretches / stretches_a_batch, fewest_batches, most_batches);
    result.batch = static_cast<std::size_t>(all / batches);
    const auto m = static_cast<double>(result.batch);
    result.variance = sums_over_batches(residuals, result.batch).squares * all * all / (m * (all - m)) /
                      (result.base * result.base);
    result.freedom = 1.5 * (all / m - 1);
    result.skewness = skewness_of(residuals);
    return result;
}

std::optional<Estimate> batch_means_interval(std::span<const Part> parts, double level, Range range) {
    require(level > 0.0 && level < 1.0, "a confidence must lie between 0 and 1");
    const auto found = batch_means(parts);
    if (!found) return std::nullopt;
    const double unseen = stretches_that_double / found->stretches;
    const double error = std::sqrt(found->variance) * (1 + unseen * unseen);
    const double t = student_quantile(0.5 + 0.5 * level, found->freedom);
    const auto limit = [&](double side) {
        return std::clamp(found->average - skewed_t(side * t, found->skewness) * error, range.low,
                          range.high);
    };
    const std::size_t count = parts.size() / found->batch;
    return Estimate{count,    level,     found->average,
                    limit(1), limit(-1), error * std::sqrt(static_cast<double>(count))};
}

}  // namespace understudy::kernel
