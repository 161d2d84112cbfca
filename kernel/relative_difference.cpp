#include "kernel/relative_difference.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

namespace {

/// What the quadratic is made of: means of the baseline and of the difference, and the (co)variances of these means.
struct RatioParts {
    double baseline = 0, difference = 0;
    double of_baseline = 0, of_difference = 0, of_both = 0;
    double freedom = 1;
};

/// All r with (difference - r baseline)^2 <= t^2 Var(difference - r baseline). Taken about the difference, not about the
/// ratio, so that equal samples give exactly 0.
std::optional<RelativeDifference> fieller(const RatioParts& parts, double level) {
    if (parts.baseline == 0) return std::nullopt;
    RelativeDifference result;
    if (parts.difference == 0 && parts.of_difference == 0) {  // whatever it is a part of
        result.low = result.high = 0;
        return result;
    }
    result.centre = parts.difference / parts.baseline;
    const double t = student_quantile(0.5 + 0.5 * level, parts.freedom);
    const double square = t * t;
    const double a = parts.baseline * parts.baseline - square * parts.of_baseline;
    if (!(a > 0)) return result;  // a baseline that may be 0 bounds nothing
    const double b = parts.baseline * parts.difference - square * parts.of_both;
    const double c = parts.difference * parts.difference - square * parts.of_difference;
    const double root = std::sqrt(std::max(0.0, b * b - a * c));
    result.low = std::min(result.centre, (b - root) / a);
    result.high = std::max(result.centre, (b + root) / a);
    return result;
}

}  // namespace

std::optional<RelativeDifference> paired_relative_difference(std::span<const double> baseline,
                                                             std::span<const double> candidate,
                                                             double level) {
    if (baseline.size() != candidate.size() || baseline.size() < 2) return std::nullopt;
    const auto n = static_cast<double>(baseline.size());
    std::vector<double> differences;
    for (std::size_t i = 0; i < baseline.size(); ++i) differences.push_back(candidate[i] - baseline[i]);
    const Moments a = moments_of(baseline), d = moments_of(differences);
    double product = 0;
    for (std::size_t i = 0; i < baseline.size(); ++i)
        product += (baseline[i] - a.mean()) * (differences[i] - d.mean());
    return fieller({a.mean(), d.mean(), a.variance() / n, d.variance() / n, product / (n - 1) / n, n - 1},
                   level);
}

std::optional<RelativeDifference> independent_relative_difference(std::span<const double> baseline,
                                                                  std::span<const double> candidate,
                                                                  double level) {
    if (baseline.size() < 2 || candidate.size() < 2) return std::nullopt;
    const Moments a = moments_of(baseline), b = moments_of(candidate);
    const double of_a = a.variance() / static_cast<double>(baseline.size());
    const double of_b = b.variance() / static_cast<double>(candidate.size());
    const auto fewer = static_cast<double>(std::min(baseline.size(), candidate.size()));
    return fieller({a.mean(), b.mean() - a.mean(), of_a, of_a + of_b, -of_a, fewer - 1}, level);
}

}  // namespace understudy::kernel
