#include "kernel/fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "kernel/climb.h"
#include "kernel/exact_math.h"
#include "kernel/mean_of_fit.h"
#include "kernel/rounded_values.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double log_two_pi = 1.8378770664093453;

/// Coordinates in which a likelihood is climbed, each without bounds but those of the law's range.
using Point = std::array<double, 3>;

/// What the language takes as parameters (kernel/distribution.h), with a margin so that printing keeps it.
constexpr double least_cv = 0.00101, most_gamma_cv = 9.99, most_lognormal_cv = 999;
constexpr double least_shape = 0.0501, most_shape = 999, least_pareto_shape = 0.101;
/// Of rounded values, in units: what varies less looks as if it did not vary.
constexpr double least_deviation = 0.2;
/// Fewer values do not carry so many parameters.
constexpr std::size_t fewest_for_two = 3, fewest_for_three = 30;

/// Of a rounded sample a density says little where it changes within a unit: of values of fewer units than this, and of
/// all where their deviation is less than so many.
constexpr double few_units = 20, little_spread = 3;
/// A law's own end is told from the rounding where a unit beside it has so many values and more; else its exact law is.
constexpr double values_at_an_end = 5;

/// Numbers, and their logarithms: how many, their means, the squared distances from these.
struct SampleSums {
    double n = 0, mean = 0, squares = 0, log_mean = 0, log_squares = 0;

    SampleSums() = default;
    SampleSums(const std::vector<double>& values, const std::vector<double>& logs)
        : n(static_cast<double>(values.size())), mean(mean_of(values)), log_mean(mean_of(logs)) {
        squares = squares_of(values, mean);
        log_squares = squares_of(logs, log_mean);
    }

private:
    static double mean_of(const std::vector<double>& values) {
        double sum = 0;
        for (const double value : values) sum += value;
        return values.empty() ? 0 : sum / static_cast<double>(values.size());
    }
    static double squares_of(const std::vector<double>& values, double mean) {
        double sum = 0;
        for (const double value : values) sum += (value - mean) * (value - mean);
        return sum;
    }
};

/// The sample in units of its mean, so that steps and bounds mean the same for every sample, with its sums. What is rounded
/// and coarse for this family is in `rounded`, and no density of it counts.
struct Prepared {
    std::vector<double> observed, censored;
    std::vector<double> exactly, logs;  // of those that are not in `rounded`
    RoundedValues rounded;
    double scale = 1;
    SampleSums all;    // half a unit at least
    SampleSums exact;  // those that are not in `rounded`
    double sum = 0;    // of what was observed, as it is
    double least = infinity, most = 0;
    double exact_least = infinity, exact_most = 0;

    Prepared(const Sample& sample, Family family) {
        const auto n = static_cast<double>(sample.observed.size());
        for (const double value : sample.observed) sum += value;
        if (sum > 0) scale = sum / n;
        sum /= scale;
        const double unit = sample.resolution > 0 ? sample.resolution / scale : 0;
        std::vector<double> all_logs;
        for (const double value : sample.observed) {
            const double x = std::max(value / scale, unit / 2);
            observed.push_back(x);
            all_logs.push_back(exact::log(x));
            least = std::min(least, x);
            most = std::max(most, x);
        }
        for (const double value : sample.censored)
            if (value > 0) censored.push_back(value / scale);
        all = SampleSums(observed, all_logs);
        std::map<double, double> counts;
        for (std::size_t i = 0; i < observed.size(); ++i) {
            if (unit > 0 && is_coarse(observed[i], unit, family)) {
                counts[std::round(sample.observed[i] / sample.resolution) * unit] += 1;
                continue;
            }
            exactly.push_back(observed[i]);
            logs.push_back(all_logs[i]);
            exact_least = std::min(exact_least, observed[i]);
            exact_most = std::max(exact_most, observed[i]);
        }
        if (counts.empty()) {
            exact = all;
        } else {
            exact = SampleSums(exactly, logs);
            rounded = RoundedValues(counts, unit, sample.rounding);
        }
    }

    bool positive() const { return least > 0; }
    double cv() const { return all.n > 1 ? std::sqrt(all.squares / all.n) / all.mean : 0; }

private:
    bool is_coarse(double x, double unit, Family family) const {
        if (std::sqrt(all.squares / all.n) < little_spread * unit) return true;
        if (family == Family::uniform)
            return all.n * unit >= values_at_an_end * (most - least) &&
                   (x < least + 2.5 * unit || x > most - 2.5 * unit);
        if (family == Family::pareto) {
            const double shape = 1 / std::max(1e-9, all.log_mean - exact::log(least));
            return x < few_units * unit ||
                   (all.n * shape * unit >= values_at_an_end * least && x < least + few_units * unit);
        }
        return x < few_units * unit;
    }
};

double logistic(double u) { return 1 / (1 + exact::exp(-u)); }

/// The likelihood of one family: of what it is a function, and where it may go.
class Likelihood {
public:
    Likelihood(Family family, const Prepared& sample) : family_(family), s_(sample) {}

    std::size_t size() const {
        return family_ == Family::exponential ? 1 : family_ == Family::hyperexponential ? 3 : 2;
    }

    double operator()(const Point& u) const {
        const double value = raw(u) + (s_.rounded.empty() ? 0.0 : of_rounded(u));
        return std::isnan(value) ? -infinity : value;
    }

    Point clamped(Point u) const {
        const auto hold = [&](int i, double low, double high) {
            u[static_cast<std::size_t>(i)] = std::clamp(u[static_cast<std::size_t>(i)], low, high);
        };
        // What varies less than this within a unit cannot be told from what does not vary.
        const double still = s_.rounded.empty() ? 0 : least_deviation * s_.rounded.unit();
        switch (family_) {
            case Family::uniform: {
                const double reach = s_.rounded.reach(), margin = 1e-9 * reach;
                const double first = s_.rounded.cells().front().value, last = s_.rounded.cells().back().value;
                hold(0, 0, std::min(first + reach, s_.exact_least) - margin);
                hold(1, std::max({last - reach, s_.exact_most, u[0]}) + margin, last + 2 * reach);
                break;
            }
            case Family::pareto: {
                const double first = s_.rounded.cells().front().value + s_.rounded.reach();
                hold(0, exact::log(least_pareto_shape), exact::log(most_shape));
                hold(1, exact::log(1e-6 * s_.rounded.unit()),
                     exact::log(std::min(first, s_.exact_least)) - 1e-9);
                break;
            }
            case Family::gamma:
                hold(0, -20, 20);
                hold(1, exact::log(std::max(least_cv, still)), exact::log(most_gamma_cv));
                break;
            case Family::lognormal:
                hold(0, -20, 50);
                hold(1, exact::log(std::max(least_cv, still)), exact::log(most_lognormal_cv));
                break;
            case Family::weibull:
                hold(0, exact::log(least_shape),
                     exact::log(std::min(most_shape, 1.2825 / std::max(1e-6, still))));
                hold(1, -50, 50);
                break;
            case Family::normal:
                hold(0, 0, 1e6);
                hold(1, still > 0 ? exact::log(still) : -20, 20);
                break;
            case Family::hyperexponential:
                hold(0, -4.6, 4.6);
                hold(1, -30, 30);
                hold(2, -30, 30);
                break;
            default: hold(0, -30, 30);
        }
        return u;
    }

    /// Where to begin, from moments.
    Point start() const {
        const double cv = std::clamp(s_.cv(), 0.01, 5.0);
        switch (family_) {
            case Family::gamma: {
                // Thom 1958 (Monthly Weather Review 86): shape from the logarithm of the mean less that of the values.
                const double gap = std::max(1e-8, exact::log(s_.all.mean) - s_.all.log_mean);
                const double shape = (1 + std::sqrt(1 + 4 * gap / 3)) / (4 * gap);
                return clamped({exact::log(s_.all.mean), -0.5 * exact::log(shape), 0});
            }
            case Family::lognormal: {
                const double variance = std::max(1e-12, s_.all.log_squares / s_.all.n);
                return clamped({s_.all.log_mean + variance / 2, 0.5 * exact::log(exact::expm1(variance)), 0});
            }
            case Family::weibull: {
                // The logarithm is Gumbel: standard deviation pi / sqrt(6) over the shape.
                const double spread = std::max(1e-6, std::sqrt(s_.all.log_squares / s_.all.n));
                const double shape = 1.2825 / spread;
                return clamped({exact::log(shape), s_.all.log_mean + 0.5772 / shape, 0});
            }
            case Family::uniform: return clamped({s_.least, s_.most, 0});
            case Family::pareto: {
                const double log_least = exact::log(s_.least);
                return clamped({-exact::log(std::max(1e-6, s_.all.log_mean - log_least)), log_least, 0});
            }
            case Family::normal: return clamped({s_.all.mean, exact::log(cv * s_.all.mean), 0});
            default: return {exact::log(s_.all.mean), 0, 0};
        }
    }

private:
    double raw(const Point& u) const {
        switch (family_) {
            case Family::uniform: return -s_.exact.n * exact::log(u[1] - u[0]);
            case Family::pareto: {
                const double shape = exact::exp(u[0]);
                double sum = s_.exact.n * (u[0] + shape * u[1] - (shape + 1) * s_.exact.log_mean);
                for (const double c : s_.censored) sum -= shape * std::max(0.0, exact::log(c) - u[1]);
                return sum;
            }
            case Family::exponential: {
                const double mean = exact::exp(u[0]);
                double total = s_.exact.n * s_.exact.mean;
                for (const double c : s_.censored) total += c;
                return -s_.exact.n * u[0] - total / mean;
            }
            case Family::gamma: {
                const double mean = exact::exp(u[0]), shape = exact::exp(-2 * u[1]), unit = mean / shape;
                double sum = (shape - 1) * s_.exact.n * s_.exact.log_mean -
                             s_.exact.n * s_.exact.mean / unit -
                             s_.exact.n * (shape * exact::log(unit) + log_gamma(shape));
                for (const double c : s_.censored) sum += exact::log(gamma_survival(shape, c / unit));
                return sum;
            }
            case Family::lognormal: {
                const double cv = exact::exp(u[1]), variance = exact::log1p(cv * cv);
                const double centre = u[0] - variance / 2, deviation = std::sqrt(variance);
                const double off = s_.exact.log_mean - centre;
                double sum = -s_.exact.n * (exact::log(deviation) + 0.5 * log_two_pi + s_.exact.log_mean) -
                             (s_.exact.log_squares + s_.exact.n * off * off) / (2 * variance);
                for (const double c : s_.censored)
                    sum += exact::log(normal_survival((exact::log(c) - centre) / deviation));
                return sum;
            }
            case Family::weibull: {
                const double shape = exact::exp(u[0]);
                double sum =
                    s_.exact.n * (u[0] - shape * u[1]) + (shape - 1) * s_.exact.n * s_.exact.log_mean;
                for (const double log : s_.logs) sum -= exact::exp(shape * (log - u[1]));
                for (const double c : s_.censored) sum -= exact::exp(shape * (exact::log(c) - u[1]));
                return sum;
            }
            case Family::normal: {
                const double deviation = exact::exp(u[1]), off = s_.exact.mean - u[0];
                const double all = s_.all.n + static_cast<double>(s_.censored.size());
                double sum = -s_.exact.n * (u[1] + 0.5 * log_two_pi) -
                             (s_.exact.squares + s_.exact.n * off * off) / (2 * deviation * deviation) -
                             all * exact::log(normal_cdf(u[0] / deviation));
                for (const double c : s_.censored) sum += exact::log(normal_survival((c - u[0]) / deviation));
                return sum;
            }
            case Family::hyperexponential: {
                const double share = logistic(u[0]);
                const double first = exact::exp(-u[1]), second = exact::exp(-u[2]);
                double sum = 0;
                for (const double x : s_.exactly)
                    sum += exact::log(share * first * exact::exp(-x * first) +
                                      (1 - share) * second * exact::exp(-x * second));
                for (const double c : s_.censored)
                    sum += exact::log(share * exact::exp(-c * first) + (1 - share) * exact::exp(-c * second));
                return sum;
            }
            default: return -infinity;
        }
    }

    /// Of the values that are rounded and coarse: the probability of each instead of a density.
    double of_rounded(const Point& u) const {
        const RoundedValues& rounded = s_.rounded;
        constexpr double finite = std::numeric_limits<double>::quiet_NaN();  // the density at 0 is
        const double reach = rounded.reach();
        switch (family_) {
            case Family::uniform: {
                const double wide = u[1] - u[0];
                return rounded.of_probabilities([&](std::size_t i) {
                    const double value = rounded.cells()[i].value;
                    return rounded.unit() / wide *
                           (rounded.below(u[1] - value) - rounded.below(u[0] - value));
                });
            }
            case Family::pareto: return of_rounded_pareto(exact::exp(u[0]), u[1]);
            case Family::exponential: {
                const double mean = exact::exp(u[0]);
                return rounded.of_density([&](double x, double) { return -x / mean - u[0]; }, finite);
            }
            case Family::gamma: {
                const double mean = exact::exp(u[0]), shape = exact::exp(-2 * u[1]), unit = mean / shape;
                const double rest = shape * exact::log(unit) + log_gamma(shape);
                return rounded.of_density(
                    [&](double x, double log_x) { return (shape - 1) * log_x - x / unit - rest; },
                    gamma_cdf(shape, reach / unit));
            }
            case Family::lognormal: {
                const double cv = exact::exp(u[1]), variance = exact::log1p(cv * cv);
                const double centre = u[0] - variance / 2, deviation = std::sqrt(variance);
                const double rest = exact::log(deviation) + 0.5 * log_two_pi;
                return rounded.of_density(
                    [&](double, double log_x) {
                        const double off = log_x - centre;
                        return -rest - log_x - off * off / (2 * variance);
                    },
                    normal_cdf((exact::log(reach) - centre) / deviation));
            }
            case Family::weibull: {
                const double shape = exact::exp(u[0]);
                return rounded.of_density(
                    [&](double, double log_x) {
                        const double power = shape * (log_x - u[1]);
                        return u[0] - log_x + power - exact::exp(power);
                    },
                    -exact::expm1(-exact::exp(shape * (exact::log(reach) - u[1]))));
            }
            case Family::normal: {
                // On condition of not being negative: in raw(), for all values.
                const double deviation = exact::exp(u[1]), rest = u[1] + 0.5 * log_two_pi;
                return rounded.of_density(
                    [&](double x, double) {
                        const double off = (x - u[0]) / deviation;
                        return -rest - off * off / 2;
                    },
                    finite);
            }
            case Family::hyperexponential: {
                const double share = logistic(u[0]);
                const double first = exact::exp(-u[1]), second = exact::exp(-u[2]);
                return rounded.of_density(
                    [&](double x, double) {
                        return exact::log(share * first * exact::exp(-x * first) +
                                          (1 - share) * second * exact::exp(-x * second));
                    },
                    finite);
            }
            default: return -infinity;
        }
    }

    double of_rounded_pareto(double shape, double log_least) const {
        const RoundedValues& rounded = s_.rounded;
        const double least = exact::exp(log_least), unit = rounded.unit(), reach = rounded.reach();
        const auto survival = [&](double x) {
            return x <= least ? 1.0 : exact::exp(shape * (log_least - exact::log(x)));
        };
        // The integral of the survival function beyond `least`, from x on as far as y.
        const auto tail = [&](double x, double y) {
            if (std::fabs(shape - 1) < 1e-9) return least * (exact::log(y) - exact::log(x));
            return (x * survival(x) - y * survival(y)) / (shape - 1);
        };
        const auto between = [&](double x, double y) {
            const double flat = std::max(0.0, std::min(y, least) - x);
            return flat + (y > least ? tail(std::max(x, least), y) : 0.0);
        };
        return rounded.of_probabilities([&](std::size_t i) {
            const double value = rounded.cells()[i].value;
            if (reach < unit) return survival(value - reach) - survival(value + reach);
            return (between(value - unit, value) - between(value, value + unit)) / unit;
        });
    }

    Family family_;
    const Prepared& s_;
};

using Top = Peak<3>;

/// Expectation and maximisation, which finds the hill, before Newton's method climbs it.
Top climb_mixture(const Likelihood& likelihood, const Prepared& s) {
    Top best;
    for (const double cut : {0.5, 0.8, 0.95}) {
        std::vector<double> sorted = s.observed;
        std::sort(sorted.begin(), sorted.end());
        const auto below =
            std::clamp<std::size_t>(static_cast<std::size_t>(cut * s.all.n), 1, sorted.size() - 1);
        double low = 0, high = 0;
        for (std::size_t i = 0; i < sorted.size(); ++i) (i < below ? low : high) += sorted[i];
        double share = cut, first = std::max(1e-9, low / static_cast<double>(below)),
               second = std::max(2e-9, high / static_cast<double>(sorted.size() - below));
        for (int round = 0; round < 60; ++round) {
            double in_first = 0, sum_first = 0, all = 0, sum = 0;
            const auto add = [&](double x, double beyond_first, double beyond_second, double a, double b) {
                const double part = a + b > 0 ? a / (a + b) : 0;
                in_first += part;
                sum_first += part * (x + beyond_first);
                all += 1;
                sum += part * (x + beyond_first) + (1 - part) * (x + beyond_second);
            };
            for (const double x : s.observed)
                add(x, 0, 0, share / first * exact::exp(-x / first),
                    (1 - share) / second * exact::exp(-x / second));
            // What is only known to be larger is larger by a mean of its own: exponential laws forget.
            for (const double c : s.censored)
                add(c, first, second, share * exact::exp(-c / first), (1 - share) * exact::exp(-c / second));
            share = std::clamp(in_first / all, 0.01, 0.99);
            first = std::max(1e-9, sum_first / std::max(1e-9, in_first));
            second = std::max(1e-9, (sum - sum_first) / std::max(1e-9, all - in_first));
        }
        const Top peak =
            climb(likelihood, Point{exact::log(share / (1 - share)), exact::log(first), exact::log(second)});
        if (peak.value > best.value) best = peak;
    }
    // The shorter first: the same law has one name.
    if (best.at[1] > best.at[2]) {
        std::swap(best.at[1], best.at[2]);
        best.at[0] = -best.at[0];
    }
    return best;
}

FittedLaw law_at(Family family, const Point& u, double scale) {
    FittedLaw fitted;
    fitted.family = family;
    const auto parameter = [&](std::string_view name, double value) {
        fitted.parameters.push_back({name, value, value, value});
        return value;
    };
    switch (family) {
        case Family::uniform:
            parameter("low", scale * u[0]);
            parameter("high", scale * u[1]);
            fitted.law = Distribution::uniform(fitted.parameters[0].estimate, fitted.parameters[1].estimate);
            break;
        case Family::pareto:
            parameter("shape", exact::exp(u[0]));
            parameter("min", scale * exact::exp(u[1]));
            fitted.law = Distribution::pareto(fitted.parameters[0].estimate, fitted.parameters[1].estimate);
            break;
        case Family::exponential:
            fitted.law = Distribution::exponential(parameter("mean", scale * exact::exp(u[0])));
            break;
        case Family::gamma:
            parameter("mean", scale * exact::exp(u[0]));
            parameter("cv", exact::exp(u[1]));
            fitted.law = Distribution::gamma(fitted.parameters[0].estimate, fitted.parameters[1].estimate);
            break;
        case Family::lognormal:
            parameter("mean", scale * exact::exp(u[0]));
            parameter("cv", exact::exp(u[1]));
            fitted.law =
                Distribution::lognormal(fitted.parameters[0].estimate, fitted.parameters[1].estimate);
            break;
        case Family::weibull:
            parameter("shape", exact::exp(u[0]));
            parameter("scale", scale * exact::exp(u[1]));
            fitted.law = Distribution::weibull(fitted.parameters[0].estimate, fitted.parameters[1].estimate);
            break;
        case Family::normal:
            parameter("mean", scale * u[0]);
            parameter("sd", scale * exact::exp(u[1]));
            fitted.law = Distribution::normal(fitted.parameters[0].estimate, fitted.parameters[1].estimate);
            break;
        case Family::hyperexponential: {
            const double share = parameter("share", logistic(u[0]));
            const double first = parameter("first", scale * exact::exp(u[1]));
            const double second = parameter("second", scale * exact::exp(u[2]));
            fitted.law = Distribution::mixture(
                {share, 1 - share}, {Distribution::exponential(first), Distribution::exponential(second)});
            break;
        }
        default: break;
    }
    return fitted;
}

Point point_of(const FittedLaw& fitted, double scale) {
    Point u{};
    for (std::size_t i = 0; i < fitted.parameters.size() && i < 3; ++i) {
        const std::string_view name = fitted.parameters[i].name;
        const double value = fitted.parameters[i].estimate;
        if (name == "cv" || name == "shape")
            u[i] = exact::log(value);
        else if (name == "share")
            u[i] = exact::log(value / (1 - value));
        else if ((fitted.family == Family::normal && name == "mean") || fitted.family == Family::uniform)
            u[i] = value / scale;
        else
            u[i] = exact::log(value / scale);
    }
    return u;
}

/// The parameter at a coordinate.
double value_at(const FittedLaw& fitted, std::size_t i, double u, double scale) {
    Point at{};
    at[i] = u;
    return law_at(fitted.family, at, scale).parameters[i].estimate;
}

FittedLaw with_likelihood(FittedLaw fitted, double log_likelihood) {
    fitted.log_likelihood = log_likelihood;
    fitted.aic = 2 * static_cast<double>(fitted.parameters.size()) - 2 * log_likelihood;
    return fitted;
}

std::optional<FittedLaw> fit_prepared(Family family, const Prepared& s) {
    const double per_scale = -s.all.n * exact::log(s.scale);  // of densities in units of the mean
    const auto size = static_cast<std::size_t>(s.all.n);
    if (size == 0 || !(s.most > 0)) {
        if (size == 0 || family != Family::constant) return std::nullopt;
    }
    const bool same = s.most == s.least;
    switch (family) {
        case Family::constant: {
            if (!s.censored.empty()) return std::nullopt;
            FittedLaw fitted;
            fitted.family = family;
            const auto constant = [&](double value, double log_likelihood) {
                fitted.law = Distribution::constant(value);
                fitted.parameters = {{"value", value, value, value}};
                return with_likelihood(std::move(fitted), log_likelihood);
            };
            if (same) return constant(s.scale * s.most, infinity);
            // Instants that lie anywhere in their unit make one value look like two.
            const RoundedValues& rounded = s.rounded;
            if (rounded.cells().size() != 2 || s.exact.n > 0 || rounded.reach() < rounded.unit() ||
                rounded.cells()[1].value - rounded.cells()[0].value > 1.5 * rounded.unit())
                return std::nullopt;
            const double value = s.sum / s.all.n;
            return constant(s.scale * value, per_scale + rounded.of_probabilities([&](std::size_t i) {
                return 1 - std::fabs(rounded.cells()[i].value - value) / rounded.unit();
            }));
        }
        case Family::uniform: {
            if (same || size < fewest_for_two || !s.censored.empty()) return std::nullopt;
            if (!s.rounded.empty()) break;
            FittedLaw fitted;
            fitted.family = family;
            const double low = s.scale * s.least, high = s.scale * s.most;
            fitted.law = Distribution::uniform(low, high);
            fitted.parameters = {{"low", low, low, low}, {"high", high, high, high}};
            return with_likelihood(std::move(fitted), -s.all.n * exact::log(high - low));
        }
        case Family::pareto: {
            if (same || size < fewest_for_two || !s.positive()) return std::nullopt;
            if (!s.rounded.empty()) break;
            const double log_least = exact::log(s.least);
            double sum = s.all.n * (s.all.log_mean - log_least);
            for (const double c : s.censored) sum += std::max(0.0, exact::log(c) - log_least);
            const double shape = s.all.n / sum, least = s.scale * s.least;
            if (!(shape > 0.1 && shape < 1000)) return std::nullopt;
            FittedLaw fitted;
            fitted.family = family;
            fitted.law = Distribution::pareto(shape, least);
            fitted.parameters = {{"shape", shape, shape, shape}, {"min", least, least, least}};
            return with_likelihood(std::move(fitted), s.all.n * exact::log(shape) - s.all.n * s.all.log_mean -
                                                          shape * sum + per_scale);
        }
        default: break;
    }
    if (family == Family::exponential) {
        double total = s.rounded.empty() ? s.all.n * s.all.mean : s.sum;
        for (const double c : s.censored) total += c;
        const Likelihood likelihood(family, s);
        Point at = {exact::log(total / s.all.n), 0, 0};
        if (!s.rounded.empty()) at = climb(likelihood, at).at;
        return with_likelihood(law_at(family, at, s.scale), likelihood(at) + per_scale);
    }
    if (same || size < (family == Family::hyperexponential ? fewest_for_three : fewest_for_two) ||
        (family != Family::normal && !s.positive()))
        return std::nullopt;
    const Likelihood likelihood(family, s);
    Top peak;
    if (family == Family::hyperexponential) {
        if (s.cv() <= 1 && s.censored.empty()) return std::nullopt;
        peak = climb_mixture(likelihood, s);
        if (peak.at[2] - peak.at[1] < 0.4) return std::nullopt;
    } else if (family == Family::lognormal && s.censored.empty() && s.rounded.empty()) {
        peak.at = likelihood.start();  // which is the maximum
        peak.value = likelihood(peak.at);
    } else {
        peak = climb(likelihood, likelihood.start());
    }
    if (!std::isfinite(peak.value)) return std::nullopt;
    FittedLaw fitted = law_at(family, peak.at, s.scale);
    if (fitted.law.problem()) return std::nullopt;
    return with_likelihood(std::move(fitted), peak.value + per_scale);
}

/// Is `special` a special case of `general`?
bool is_case_of(Family special, Family general) {
    return special == Family::exponential &&
           (general == Family::gamma || general == Family::weibull || general == Family::hyperexponential);
}

constexpr std::array all_families = {Family::constant, Family::uniform,   Family::exponential,
                                     Family::gamma,    Family::lognormal, Family::weibull,
                                     Family::normal,   Family::pareto,    Family::hyperexponential};

}  // namespace

std::string_view name_of(Family family) {
    switch (family) {
        case Family::constant: return "constant";
        case Family::uniform: return "uniform";
        case Family::exponential: return "exponential";
        case Family::gamma: return "gamma";
        case Family::lognormal: return "lognormal";
        case Family::weibull: return "weibull";
        case Family::normal: return "normal";
        case Family::pareto: return "pareto";
        case Family::hyperexponential: return "hyperexponential";
    }
    return "";
}

std::optional<FittedLaw> fit(Family family, const Sample& sample) {
    return fit_prepared(family, Prepared(sample, family));
}

FittedLaw with_intervals(FittedLaw fitted, const Sample& sample, double level) {
    if (fitted.family == Family::constant) return fitted;
    const Prepared s(sample, fitted.family);
    const double out = 1 - level, n = s.all.n;
    const bool complete = s.censored.empty() && s.rounded.empty();
    if (s.rounded.empty()) switch (fitted.family) {
            case Family::uniform: {
                // (high - most) / (most - least) exceeds t with probability (1 + t)^(1 - n), and so does the other end;
                // both hold at once at `level` together where each has half of what is left.
                FittedParameter &low = fitted.parameters[0], &high = fitted.parameters[1];
                const double beyond = (high.estimate - low.estimate) * (exact::pow(out, -1 / (n - 1)) - 1);
                low.low = std::max(0.0, low.estimate - beyond);
                high.high = high.estimate + beyond;
                return fitted;
            }
            case Family::pareto: {
                FittedParameter &shape = fitted.parameters[0], &least = fitted.parameters[1];
                const double sum = n / shape.estimate;
                shape.low = gamma_quantile(n - 1, out / 2, 1 - out / 2) / sum;
                shape.high = gamma_quantile(n - 1, 1 - out / 2, out / 2) / sum;
                least.low = least.estimate * exact::exp(-sum / n * (exact::pow(out, -1 / (n - 1)) - 1));
                return fitted;
            }
            case Family::exponential: {
                FittedParameter& mean = fitted.parameters[0];
                const double total = n * mean.estimate;
                mean.low = total / gamma_quantile(n, 1 - out / 2, out / 2);
                mean.high = total / gamma_quantile(n, out / 2, 1 - out / 2);
                return fitted;
            }
            default: break;
        }
    const Likelihood likelihood(fitted.family, s);
    const Top peak = climb(likelihood, point_of(fitted, s.scale));
    const double freedom = std::max(1.0, n - static_cast<double>(fitted.parameters.size()));
    const double t = student_quantile(1 - out / 2, freedom);
    for (std::size_t i = 0; i < fitted.parameters.size(); ++i) {
        FittedParameter& parameter = fitted.parameters[i];
        if (fitted.family == Family::lognormal && complete && parameter.name == "cv") {
            const double degrees = (n - 1) / 2;
            const auto cv = [&](double variance) { return std::sqrt(exact::expm1(variance)); };
            parameter.low = cv(s.all.log_squares / 2 / gamma_quantile(degrees, 1 - out / 2, out / 2));
            parameter.high = cv(s.all.log_squares / 2 / gamma_quantile(degrees, out / 2, 1 - out / 2));
            continue;
        }
        parameter.low = value_at(fitted, i, profile_limit(likelihood, peak, i, t * t / 2, -1), s.scale);
        parameter.high = value_at(fitted, i, profile_limit(likelihood, peak, i, t * t / 2, 1), s.scale);
    }
    return fitted;
}

std::optional<FamilyChoice> choose_family(const Sample& sample, const Usable& usable) {
    std::vector<FittedLaw> fits;
    for (const Family family : all_families)
        if (auto fitted = fit(family, sample)) {
            if (family == Family::constant && !std::isfinite(fitted->log_likelihood))
                return FamilyChoice{*fitted, std::nullopt, std::nullopt};
            fits.push_back(std::move(*fitted));
        }
    std::stable_sort(fits.begin(), fits.end(),
                     [](const FittedLaw& a, const FittedLaw& b) { return a.aic < b.aic; });
    std::optional<FittedLaw> refused;
    const auto refuse = [&](const auto& unless) {
        if (std::none_of(fits.begin(), fits.end(), unless)) return;
        if (!refused && !unless(fits.front())) refused = fits.front();
        std::erase_if(fits, [&](const FittedLaw& one) { return !unless(one); });
    };
    refuse([](const FittedLaw& one) { return std::isfinite(one.law.mean()); });
    if (usable) refuse(usable);
    if (const auto first = std::find_if(fits.begin(), fits.end(),
                                        [&](const FittedLaw& one) { return !misses_mean(one, sample); });
        first != fits.begin() && first != fits.end()) {
        if (!refused) refused = fits.front();
        fits.erase(fits.begin(), first);
    }
    if (fits.empty()) return std::nullopt;
    FamilyChoice choice{fits.front(), std::nullopt, std::move(refused)};
    const auto exponential = std::find_if(
        fits.begin(), fits.end(), [](const FittedLaw& one) { return one.family == Family::exponential; });
    if (exponential != fits.end() && is_case_of(Family::exponential, choice.chosen.family)) {
        // Quantiles at 99 percent of chi-squared with one and with two degrees of freedom.
        const double enough = choice.chosen.parameters.size() == 2 ? 6.6349 : 9.2103;
        if (2 * (choice.chosen.log_likelihood - exponential->log_likelihood) < enough)
            choice.chosen = *exponential;
    }
    for (const FittedLaw& other : fits)
        if (other.family != choice.chosen.family && !is_case_of(other.family, choice.chosen.family) &&
            !is_case_of(choice.chosen.family, other.family)) {
            choice.runner_up = other;
            break;
        }
    return choice;
}

Interval rate_interval(double count, double exposure, double level) {
    const double out = (1 - level) / 2;
    return {count / exposure, count > 0 ? gamma_quantile(count + 0.5, out, 1 - out) / exposure : 0.0,
            gamma_quantile(count + 0.5, 1 - out, out) / exposure};
}

Interval share_limits(double successes, double trials, double level) {
    if (!(trials > 0)) return {0, 0, 1};
    const double out = (1 - level) / 2, failures = trials - successes;
    return {successes / trials, successes > 0 ? beta_quantile(successes + 0.5, failures + 0.5, out) : 0.0,
            failures > 0 ? beta_quantile(successes + 0.5, failures + 0.5, 1 - out) : 1.0};
}

}  // namespace understudy::kernel
