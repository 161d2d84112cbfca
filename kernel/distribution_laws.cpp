// The laws before truncation: quantile, cdf, survival function, ends.
#include <algorithm>
#include <cmath>

#include "kernel/distribution.h"
#include "kernel/distribution_tables.h"
#include "kernel/invariant.h"
#include "kernel/not_finite.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

/// -log(upper), from whichever of the two is precise.
double exponential_quantile(double lower, double upper) {
    return lower < 0.5 ? -exact::log1p(-lower) : -exact::log(upper);
}

/// Values up to x, or below it where `strictly`.
std::size_t count_up_to(const std::vector<double>& values, double x, bool strictly) {
    const auto end = strictly ? std::lower_bound(values.begin(), values.end(), x)
                              : std::upper_bound(values.begin(), values.end(), x);
    return static_cast<std::size_t>(end - values.begin());
}

}  // namespace

double Distribution::base_quantile(double lower, double upper) const {
    const double a = parameters_[0];
    const double b = parameters_[1];
    switch (kind_) {
        case Kind::constant: return derived_[0];
        case Kind::uniform: return a + lower * (b - a);
        case Kind::exponential: return a * exponential_quantile(lower, upper);
        case Kind::erlang:
        case Kind::gamma: return derived_[1] * table_->inverse(lower, upper);
        case Kind::lognormal: {
            const double z = lower < upper ? normal_quantile(lower) : -normal_quantile(upper);
            return exact::exp(derived_[0] + derived_[1] * z);
        }
        case Kind::weibull: return b * exact::pow(exponential_quantile(lower, upper), 1.0 / a);
        case Kind::pareto: return b * exact::exp(exponential_quantile(lower, upper) / a);
        case Kind::normal: return a + b * (lower < upper ? normal_quantile(lower) : -normal_quantile(upper));
        case Kind::triangular: {
            const double width = b - a;
            const double rise = parameters_[2] - a;
            if (lower * width <= rise) return a + std::sqrt(lower * width * rise);
            return b - std::sqrt(upper * width * (width - rise));
        }
        case Kind::geometric: {
            const double k = std::ceil(exponential_quantile(lower, upper) / -derived_[0]);
            return b * std::max(k, 1.0);
        }
        case Kind::zipf: return parameters_[2] * table_->zipf->quantile(lower);
        case Kind::empirical: {
            const std::vector<double>& values = table_->values;
            std::size_t index;
            if (table_->cumulative.empty()) {
                const double place = std::ceil(lower * static_cast<double>(values.size())) - 1.0;
                index = static_cast<std::size_t>(std::max(place, 0.0));
            } else {
                index = table_->cumulative.find(lower);
            }
            return a * values[std::min(index, values.size() - 1)];
        }
        case Kind::phase_type: return a * table_->inverse(lower, upper);
        case Kind::mixture: break;  // has its own way of drawing
    }
    broken_invariant("a law without a quantile function");
}

double Distribution::base_cdf(double x) const {
    if (x < 0.0 && kind_ != Kind::normal) return 0.0;
    const double a = parameters_[0];
    const double b = parameters_[1];
    switch (kind_) {
        case Kind::constant: return x >= derived_[0] ? 1.0 : 0.0;
        case Kind::uniform: return std::clamp((x - a) / (b - a), 0.0, 1.0);
        case Kind::exponential: return -exact::expm1(-x / a);
        case Kind::erlang:
        case Kind::gamma: return gamma_cdf(derived_[0], x / derived_[1]);
        case Kind::lognormal: return x == 0.0 ? 0.0 : normal_cdf((exact::log(x) - derived_[0]) / derived_[1]);
        case Kind::weibull: return -exact::expm1(-exact::pow(x / b, a));
        case Kind::pareto: return x <= b ? 0.0 : -exact::expm1(-a * exact::log(x / b));
        case Kind::normal: return normal_cdf((x - a) / b);
        case Kind::triangular: {
            if (x <= a) return 0.0;
            if (x >= b) return 1.0;
            const double rise = parameters_[2] - a;
            if (x - a <= rise) return (x - a) * (x - a) / ((b - a) * rise);
            return 1.0 - base_survival(x);
        }
        case Kind::geometric: return -exact::expm1(std::floor(x / b) * derived_[0]);
        case Kind::zipf: return table_->zipf->cdf(std::floor(x / parameters_[2]));
        case Kind::phase_type: return table_->phase_type->cdf(x / a);
        case Kind::empirical: {
            const std::size_t count = count_up_to(table_->values, x / a, false);
            if (count == 0) return 0.0;
            if (!table_->cumulative.empty()) return table_->cumulative[count - 1];
            return static_cast<double>(count) / static_cast<double>(table_->values.size());
        }
        case Kind::mixture: {
            double sum = 0.0;
            for (std::size_t i = 0; i < table_->components.size(); ++i)
                sum += table_->weights[i] * table_->components[i].cdf(x);
            return std::min(sum, 1.0);
        }
    }
    broken_invariant("an unknown law");
}

double Distribution::base_survival(double x) const {
    if (x < 0.0 && kind_ != Kind::normal) return 1.0;
    const double a = parameters_[0];
    const double b = parameters_[1];
    switch (kind_) {
        case Kind::exponential: return exact::exp(-x / a);
        case Kind::erlang:
        case Kind::gamma: return gamma_survival(derived_[0], x / derived_[1]);
        case Kind::lognormal:
            return x == 0.0 ? 1.0 : normal_survival((exact::log(x) - derived_[0]) / derived_[1]);
        case Kind::weibull: return exact::exp(-exact::pow(x / b, a));
        case Kind::pareto: return x <= b ? 1.0 : exact::exp(-a * exact::log(x / b));
        case Kind::normal: return normal_survival((x - a) / b);
        case Kind::uniform: return std::clamp((b - x) / (b - a), 0.0, 1.0);
        case Kind::triangular: {
            if (x <= a) return 1.0;
            if (x >= b) return 0.0;
            const double fall = b - parameters_[2];
            if (b - x <= fall) return (b - x) * (b - x) / ((b - a) * fall);
            return 1.0 - base_cdf(x);
        }
        case Kind::geometric: return exact::exp(std::floor(x / b) * derived_[0]);
        case Kind::phase_type: return table_->phase_type->survival(x / a);
        case Kind::mixture: {
            double sum = 0.0;
            for (std::size_t i = 0; i < table_->components.size(); ++i)
                sum += table_->weights[i] * table_->components[i].survival(x);
            return std::min(sum, 1.0);
        }
        case Kind::constant:
        case Kind::zipf:
        case Kind::empirical: return 1.0 - base_cdf(x);
    }
    broken_invariant("an unknown law");
}

double Distribution::base_below(double x) const {
    switch (kind_) {
        case Kind::constant: return derived_[0] < x ? 1.0 : 0.0;
        case Kind::geometric: return base_cdf((std::ceil(x / parameters_[1]) - 1.0) * parameters_[1]);
        case Kind::zipf: return table_->zipf->cdf(std::ceil(x / parameters_[2]) - 1.0);
        case Kind::empirical: {
            const std::size_t count = count_up_to(table_->values, x / parameters_[0], true);
            if (count == 0) return 0.0;
            if (!table_->cumulative.empty()) return table_->cumulative[count - 1];
            return static_cast<double>(count) / static_cast<double>(table_->values.size());
        }
        case Kind::phase_type: return x <= 0.0 ? 0.0 : base_cdf(x);
        default: return base_cdf(x);
    }
}

double Distribution::base_from(double x) const {
    switch (kind_) {
        case Kind::constant:
        case Kind::zipf:
        case Kind::empirical: return 1.0 - base_below(x);
        case Kind::geometric: return base_survival((std::ceil(x / parameters_[1]) - 1.0) * parameters_[1]);
        case Kind::phase_type: return x <= 0.0 ? 1.0 : base_survival(x);
        default: return base_survival(x);
    }
}

double Distribution::base_lower_end() const {
    switch (kind_) {
        case Kind::constant: return derived_[0];
        case Kind::uniform:
        case Kind::triangular: return parameters_[0];
        case Kind::pareto: return parameters_[1];
        case Kind::geometric: return parameters_[1];
        case Kind::zipf: return parameters_[2];
        case Kind::empirical: return base_quantile(1e-300, 1.0);  // not a value of weight 0
        case Kind::mixture: {
            double end = infinity;
            for (const Distribution& component : table_->drawn) end = std::min(end, component.lower_end());
            return end;
        }
        default: return 0.0;
    }
}

double Distribution::base_upper_end() const {
    switch (kind_) {
        case Kind::constant: return derived_[0];
        case Kind::uniform:
        case Kind::triangular: return parameters_[1];
        case Kind::zipf: return parameters_[2] * parameters_[0];
        case Kind::empirical: return base_quantile(1.0, 0.0);
        case Kind::mixture: {
            double end = 0.0;
            for (const Distribution& component : table_->drawn) end = std::max(end, component.upper_end());
            return end;
        }
        default: return infinity;
    }
}

}  // namespace understudy::kernel
