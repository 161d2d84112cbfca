// Means and variances, before and after truncation.
#include <algorithm>
#include <cmath>

#include "kernel/distribution.h"
#include "kernel/distribution_tables.h"
#include "kernel/invariant.h"
#include "kernel/not_finite.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

double power_of(double x, int power) { return power == 0 ? 1.0 : power == 1 ? x : x * x; }

/// E[Y^power; low < Y <= high] of the gamma law with scale 1: Gamma(shape + power) / Gamma(shape) times a
/// difference of the incomplete gamma function of shape + power.
double gamma_partial(double shape, double power, double low, double high) {
    const double grown = shape + power;
    const double factor = exact::exp(log_gamma(grown) - log_gamma(shape));
    // From the tail where both are small.
    const double inside = low > grown ? gamma_survival(grown, low) - gamma_survival(grown, high)
                                      : gamma_cdf(grown, high) - gamma_cdf(grown, low);
    return factor * inside;
}

/// P(low < Z <= high).
double normal_inside(double low, double high) {
    return low > 0.0 ? normal_survival(low) - normal_survival(high) : normal_cdf(high) - normal_cdf(low);
}

/// x times the density at x, 0 at the infinities.
double density_times(double x, int power) {
    if (std::fabs(x) > 39.0) return 0.0;
    return (power == 0 ? 1.0 : x) * normal_density(x);
}

}  // namespace

double Distribution::mean() const {
    require_valid();
    return moments().mean;
}

double Distribution::variance() const {
    require_valid();
    return moments().variance;
}

double Distribution::cv() const {
    const MeanAndVariance both = moments();
    if (both.mean == infinity) return infinity;
    return both.mean == 0.0 ? 0.0 : std::sqrt(both.variance) / both.mean;
}

double Distribution::origin() const {
    return kind_ == Kind::uniform || kind_ == Kind::triangular ? parameters_[0] : 0.0;
}

Distribution::MeanAndVariance Distribution::moments() const {
    require_valid();
    if (path_ == Path::constant) return {derived_[0], 0.0};
    if (path_ == Path::mixture) {
        double mean = 0.0;
        double variance = 0.0;
        std::vector<MeanAndVariance> parts;
        for (const Distribution& component : table_->drawn) parts.push_back(component.moments());
        const auto weight = [this](std::size_t i) {
            return table_->drawn_until[i] - (i == 0 ? 0.0 : table_->drawn_until[i - 1]);
        };
        for (std::size_t i = 0; i < parts.size(); ++i) mean += weight(i) * parts[i].mean;
        if (mean == infinity) return {infinity, infinity};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const double distance = parts[i].mean - mean;
            variance += weight(i) * (parts[i].variance + distance * distance);
        }
        return {mean, variance};
    }
    if (path_ != Path::truncated) return base_moments();
    if (lowest_ == highest_) return {lowest_, 0.0};
    const double mass = partial_moment(0, minimum_, maximum_);
    const double first = partial_moment(1, minimum_, maximum_) / mass;
    const double second = partial_moment(2, minimum_, maximum_) / mass;
    if (first == infinity) return {infinity, infinity};
    const double mean = std::clamp(origin() + first, lowest_, highest_);
    return {mean, std::max(second - first * first, 0.0)};
}

Distribution::MeanAndVariance Distribution::base_moments() const {
    const auto [a, b, c] = parameters_;
    switch (kind_) {
        case Kind::constant: return {derived_[0], 0.0};
        case Kind::uniform: return {0.5 * (a + b), (b - a) * (b - a) / 12.0};
        case Kind::exponential: return {a, a * a};
        case Kind::erlang: return {b, b * b / a};
        case Kind::gamma:
        case Kind::lognormal: return {a, a * b * a * b};
        case Kind::weibull: {
            const double first = exact::exp(log_gamma(1.0 + 1.0 / a));
            // Gamma(1 + 2/k) / Gamma(1 + 1/k)^2 - 1 without cancellation for large shapes.
            const double excess = exact::expm1(log_gamma(1.0 + 2.0 / a) - 2.0 * log_gamma(1.0 + 1.0 / a));
            return {b * first, b * first * b * first * excess};
        }
        case Kind::pareto: {
            if (a <= 1.0) return {infinity, infinity};
            const double mean = b * a / (a - 1.0);
            return {mean, a <= 2.0 ? infinity : mean * mean / (a * (a - 2.0))};
        }
        case Kind::triangular: {
            const double rise = c - a;
            const double width = b - a;
            return {a + (rise + width) / 3.0, (rise * rise + width * width - rise * width) / 18.0};
        }
        case Kind::geometric: return {b * a, b * b * a * (a - 1.0)};
        case Kind::zipf: {
            const double first = table_->zipf->partial_moment(1, 1.0, a);
            return {c * first, c * c * (table_->zipf->partial_moment(2, 1.0, a) - first * first)};
        }
        case Kind::empirical: {
            const std::vector<double>& values = table_->values;
            const double share = 1.0 / static_cast<double>(values.size());
            const auto weight = [&](std::size_t i) {
                return table_->weights.empty() ? share : table_->weights[i];
            };
            double mean = 0.0;
            double variance = 0.0;
            for (std::size_t i = 0; i < values.size(); ++i) mean += weight(i) * values[i];
            for (std::size_t i = 0; i < values.size(); ++i)
                variance += weight(i) * (values[i] - mean) * (values[i] - mean);
            return {a * mean, a * a * variance};
        }
        case Kind::phase_type: {
            const double first = table_->phase_type->moment_above(1, 0.0);
            return {a * first, a * a * (table_->phase_type->moment_above(2, 0.0) - first * first)};
        }
        case Kind::normal:
        case Kind::mixture: break;  // are never drawn untruncated, and have no law of their own
    }
    broken_invariant("a law without moments");
}

double Distribution::partial_moment(int power, double low, double high) const {
    const auto [a, b, c] = parameters_;
    switch (kind_) {
        case Kind::uniform: {
            const double from = std::max(low, a) - a;
            const double to = std::min(high, b) - a;
            return (power_of(to, power) * to - power_of(from, power) * from) / ((power + 1) * (b - a));
        }
        case Kind::triangular: {
            // With x counted from low: density 2x / (width rise) up to the mode, 2 (width - x) / (width fall)
            // after it.
            const double width = b - a;
            const double rise = c - a;
            const double from = std::max(low, a) - a;
            const double to = std::min(high, b) - a;
            const auto monomial = [](double x, int n) {
                double product = 1.0;
                for (int i = 0; i < n; ++i) product *= x;
                return product / n;
            };
            double sum = 0.0;
            if (from < rise) {
                const double until = std::min(to, rise);
                sum += (monomial(until, power + 2) - monomial(from, power + 2)) * 2.0 / (width * rise);
            }
            if (to > rise) {
                const double since = std::max(from, rise);
                const double flat = monomial(to, power + 1) - monomial(since, power + 1);
                const double sloped = monomial(to, power + 2) - monomial(since, power + 2);
                sum += (width * flat - sloped) * 2.0 / (width * (width - rise));
            }
            return sum;
        }
        case Kind::exponential: return power_of(a, power) * gamma_partial(1.0, power, low / a, high / a);
        case Kind::erlang:
        case Kind::gamma: {
            const double scale = derived_[1];
            return power_of(scale, power) * gamma_partial(derived_[0], power, low / scale, high / scale);
        }
        case Kind::lognormal: {
            const double mu = derived_[0];
            const double sigma = derived_[1];
            const double from = low == 0.0 ? -infinity : (exact::log(low) - mu) / sigma;
            const double to = (exact::log(high) - mu) / sigma;
            const double shift = power * sigma;
            return exact::exp(power * mu + 0.5 * shift * shift) * normal_inside(from - shift, to - shift);
        }
        case Kind::weibull: {
            // (X / scale)^shape is exponential with mean 1.
            const double from = exact::pow(low / b, a);
            const double to = exact::pow(high / b, a);
            return power_of(b, power) * gamma_partial(1.0, power / a, from, to);
        }
        case Kind::pareto: {
            const double from = std::max(low, b) / b;
            const double to = high / b;
            const double exponent = power - a;
            const double unit = power_of(b, power) * a;
            if (exponent == 0.0) return unit * exact::log(to / from);
            if (to == infinity)
                return exponent > 0.0 ? infinity : unit * exact::pow(from, exponent) / -exponent;
            const double start = exact::pow(from, exponent);
            return unit * start * exact::expm1(exponent * exact::log(to / from)) / exponent;
        }
        case Kind::normal: {
            const double from = (low - a) / b;
            const double to = (high - a) / b;
            const double mass = normal_inside(from, to);
            if (power == 0) return mass;
            const double first = density_times(from, 0) - density_times(to, 0);
            if (power == 1) return a * mass + b * first;
            const double second = mass + density_times(from, 1) - density_times(to, 1);
            return a * a * mass + 2.0 * a * b * first + b * b * second;
        }
        case Kind::geometric: {
            // Of K > k: q^k E[(k + K)^power].
            const double unit = b;
            const auto above = [&](double k) {
                const double chance = exact::exp(k * derived_[0]);
                if (chance == 0.0) return 0.0;
                if (power == 0) return chance;
                if (power == 1) return chance * (k + a);
                return chance * (k * k + 2.0 * k * a + a * (2.0 * a - 1.0));
            };
            const double before = std::max(std::ceil(low / unit), 1.0) - 1.0;
            const double last = std::floor(high / unit);
            return power_of(unit, power) * (above(before) - (last == infinity ? 0.0 : above(last)));
        }
        case Kind::zipf:
            return power_of(c, power) *
                   table_->zipf->partial_moment(power, std::ceil(low / c), std::floor(std::min(high / c, a)));
        case Kind::empirical: {
            const std::vector<double>& values = table_->values;
            const double share = 1.0 / static_cast<double>(values.size());
            double sum = 0.0;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double x = a * values[i];
                if (x < low || x > high) continue;
                sum += (table_->weights.empty() ? share : table_->weights[i]) * power_of(x, power);
            }
            return sum;
        }
        case Kind::phase_type: {
            const PhaseTypeTable& table = *table_->phase_type;
            double sum = table.moment_above(power, low / a) - table.moment_above(power, high / a);
            if (power == 0 && low <= 0.0) sum += table.mass_at_zero();
            return power_of(a, power) * sum;
        }
        case Kind::constant:
        case Kind::mixture: break;  // are truncated in other ways
    }
    broken_invariant("a law without partial moments");
}

}  // namespace understudy::kernel
