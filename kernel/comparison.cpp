#include "kernel/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/invariant.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

namespace {

Difference::Order order_of(const Estimate& difference) {
    if (difference.low > 0) return Difference::Order::candidate_higher;
    if (difference.high < 0) return Difference::Order::candidate_lower;
    return Difference::Order::undecided;
}

}  // namespace

std::optional<Difference> paired_difference(std::span<const double> baseline,
                                            std::span<const double> candidate, double level) {
    const std::size_t pairs = std::min(baseline.size(), candidate.size());
    if (pairs < 2) return std::nullopt;
    const Moments a = moments_of(baseline.first(pairs)), b = moments_of(candidate.first(pairs));
    std::vector<double> differences;
    double product = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
        differences.push_back(candidate[i] - baseline[i]);
        product += (baseline[i] - a.mean()) * (candidate[i] - b.mean());
    }
    Difference result;
    const double independent = a.variance() + b.variance();
    const double paired = moments_of(differences).variance();
    if (paired > 0)
        result.variance_ratio = independent / paired;
    else if (independent > 0)
        result.variance_ratio = std::numeric_limits<double>::infinity();
    const double scale = std::sqrt(a.squared_distances()) * std::sqrt(b.squared_distances());
    if (scale > 0) result.correlation = std::clamp(product / scale, -1.0, 1.0);
    result.estimate = *student_interval(differences, level);
    if (baseline.size() != candidate.size()) {
        // Var(B - A) = Var(A) / n + Var(B) / m - 2 Cov k / (n m), of k pairs among n and m.
        const Moments all_a = moments_of(baseline), all_b = moments_of(candidate);
        const auto n = static_cast<double>(baseline.size()), m = static_cast<double>(candidate.size());
        const double shared =
            2 * result.correlation * std::sqrt(all_a.variance() * all_b.variance()) / std::max(n, m);
        const double error = std::sqrt(std::max(0.0, all_a.variance() / n + all_b.variance() / m - shared));
        const double half_width = student_quantile(0.5 + 0.5 * level, static_cast<double>(pairs) - 1) * error;
        const double centre = all_b.mean() - all_a.mean();
        result.estimate.centre = centre;
        result.estimate.low = centre - half_width;
        result.estimate.high = centre + half_width;
    }
    result.order = order_of(result.estimate);
    return result;
}

double telling_pairs(std::span<const double> baseline, std::span<const double> candidate) {
    const std::size_t pairs = std::min(baseline.size(), candidate.size());
    if (pairs < 2) return 0;
    const Moments a = moments_of(baseline.first(pairs)), b = moments_of(candidate.first(pairs));
    const double of_a = std::sqrt(a.variance()), of_b = std::sqrt(b.variance());
    if (!(of_a > 0) || !(of_b > 0)) return static_cast<double>(pairs);
    double squares = 0, fourths = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
        const double one = (candidate[i] - b.mean()) / of_b - (baseline[i] - a.mean()) / of_a;
        const double square = one * one < 1e-18 ? 0 : one * one;
        squares += square;
        fourths += square * square;
    }
    return fourths > 0 ? squares * squares / fourths : 0;
}

std::optional<Difference> independent_difference(std::span<const double> baseline,
                                                 std::span<const double> candidate, double level) {
    require(level > 0 && level < 1, "a confidence must lie between 0 and 1");
    if (baseline.size() < 2 || candidate.size() < 2) return std::nullopt;
    const Moments a = moments_of(baseline), b = moments_of(candidate);
    const auto n = static_cast<double>(baseline.size()), m = static_cast<double>(candidate.size());
    const double of_a = a.variance() / n, of_b = b.variance() / m, squared_error = of_a + of_b;
    const double freedom =
        squared_error > 0 ? squared_error * squared_error / (of_a * of_a / (n - 1) + of_b * of_b / (m - 1))
                          : n + m - 2;
    const double half_width = student_quantile(0.5 + 0.5 * level, freedom) * std::sqrt(squared_error);
    const double centre = b.mean() - a.mean();
    Difference result;
    result.estimate = {
        std::min(baseline.size(), candidate.size()), level, centre, centre - half_width, centre + half_width,
        std::sqrt(a.variance() + b.variance())};
    result.order = order_of(result.estimate);
    return result;
}

Difference difference_of_intervals(const Estimate& baseline, const Estimate& candidate) {
    const double above_a = baseline.high - baseline.centre, below_a = baseline.centre - baseline.low;
    const double above_b = candidate.high - candidate.centre, below_b = candidate.centre - candidate.low;
    Difference result;
    result.estimate.count = std::min(baseline.count, candidate.count);
    result.estimate.level = candidate.level;
    result.estimate.centre = candidate.centre - baseline.centre;
    result.estimate.low = result.estimate.centre - std::sqrt(below_b * below_b + above_a * above_a);
    result.estimate.high = result.estimate.centre + std::sqrt(above_b * above_b + below_a * below_a);
    result.order = order_of(result.estimate);
    return result;
}

double each_of(double level, std::size_t count) {
    return 1 - (1 - level) / static_cast<double>(std::max<std::size_t>(count, 1));
}

std::vector<Standing> compare_with_best(const std::vector<std::vector<Estimate>>& differences,
                                        bool lower_is_better) {
    const std::size_t settings = differences.size();
    require(settings >= 2, "a best needs another setting");
    std::vector<Standing> standings(settings);
    for (std::size_t i = 0; i < settings; ++i) {
        // Less the best of the others is, where lower is better, the largest of the differences to the others.
        Standing& mine = standings[i];
        bool first = true;
        for (std::size_t j = 0; j < settings; ++j) {
            if (j == i) continue;
            const Estimate& one = differences[i][j];
            const auto farther = [&](double a, double b) {
                return first ? b : (lower_is_better ? std::max(a, b) : std::min(a, b));
            };
            mine.low = farther(mine.low, one.low);
            mine.high = farther(mine.high, one.high);
            first = false;
        }
        if (lower_is_better ? mine.high < 0 : mine.low > 0) mine.place = Standing::Place::best;
        if (lower_is_better ? mine.low > 0 : mine.high < 0) mine.place = Standing::Place::not_best;
    }
    return standings;
}

}  // namespace understudy::kernel
