#include "tools/studies/precision.h"

#include <algorithm>
#include <cmath>

#include "kernel/special_functions.h"

namespace understudy::studies {

namespace {

/// The half width that is narrow enough; the wider side of an interval counts.
double wanted(const Estimate& estimate, double precision, double scale) {
    const double size = *estimate.value != 0 ? std::fabs(*estimate.value) : std::fabs(scale);
    return precision / (1 + precision) * size;
}

double half_width(const Estimate& estimate) {
    return std::max(*estimate.high - *estimate.value, *estimate.value - *estimate.low);
}

}  // namespace

bool is_precise(const Estimate& estimate, double precision, double scale) {
    if (!estimate.value || !estimate.low) return false;
    const double want = wanted(estimate, precision, scale);
    return half_width(estimate) <= want || !(want > 0);
}

std::optional<double> replications_for(const Estimate& estimate, double precision, double scale) {
    if (!estimate.value || !estimate.low || estimate.replications < 2) return std::nullopt;
    const double want = wanted(estimate, precision, scale), have = half_width(estimate);
    if (!(want > 0)) return 0;
    const auto n = static_cast<double>(estimate.replications);
    // The normal approximation of Wilson and Hilferty 1931 to the lower fifth of chi-square over its degrees of freedom.
    const double freedom = n - 1, spread = 2 / (9 * freedom);
    const double root = std::max(0.2, 1 - spread + kernel::normal_quantile(0.2) * std::sqrt(spread));
    const double chance = 1 / (root * root * root);
    return n * (have / want) * (have / want) * chance;
}

}  // namespace understudy::studies
