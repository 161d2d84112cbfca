#include "kernel/mean_of_fit.h"

#include <algorithm>
#include <cmath>

#include "kernel/goodness_of_fit.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

namespace {

constexpr double near_mean = 0.05, rarest_mean = 0.01, worst_fit = 0.05;
/// The bootstrap's: which family is taken goes by no seed of a user.
constexpr std::uint64_t seed_of_fit = 1;

/// Of what samples of that size have: values beyond the largest that one is expected to have count as that one.
double variance_seen(const Distribution& law, std::size_t values) {
    constexpr int points = 2000;
    const double most = law.quantile(1 - 1 / std::max(2.0, static_cast<double>(values)));
    Moments moments;
    for (int i = 0; i < points; ++i) moments.add(std::min(most, law.quantile((i + 0.5) / points)));
    return moments.variance();
}

/// Below so much of its variance, what samples have of it, the rest is in values that hardly any has.
constexpr double heavy = 0.5;

}  // namespace

double chance_of_mean(const Distribution& law, double mean, std::size_t values) {
    const double off = mean - law.mean();
    double variance = law.variance();
    if (!std::isfinite(law.mean()) || values == 0) return 1;
    const auto n = static_cast<double>(values);
    double chance = 0;
    if (std::isfinite(variance) && variance > 0)
        if (const double seen = variance_seen(law, values); seen < heavy * variance) variance = seen;
    if (!std::isfinite(variance))
        chance = off > 0 ? 0 : 1;
    else if (variance > 0)
        chance = 2 * normal_survival(std::fabs(off) / std::sqrt(variance / n));
    else
        chance = off == 0 ? 1 : 0;
    if (off > 0) chance += n * (1 - law.cdf(law.mean() + n * off));
    return std::min(chance, 1.0);
}

bool is_another_mean(const Distribution& law, double mean, std::size_t values) {
    return std::fabs(law.mean() - mean) > near_mean * mean && chance_of_mean(law, mean, values) < rarest_mean;
}

bool misses_mean(const FittedLaw& fitted, const Sample& sample) {
    if (!sample.censored.empty() || sample.observed.empty()) return false;
    const double mean = moments_of(sample.observed).mean();
    if (!is_another_mean(fitted.law, mean, sample.observed.size())) return false;
    const auto fit = goodness_of_fit(fitted, sample, seed_of_fit);
    return fit && fit->p <= worst_fit;
}

}  // namespace understudy::kernel
