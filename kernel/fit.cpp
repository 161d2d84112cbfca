#include "kernel/fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "kernel/climb.h"
#include "kernel/exact_math.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double log_two_pi = 1.8378770664093453;

/// Coordinates in which a likelihood is climbed, each without bounds but those of the law's range.
using Point = std::array<double, 3>;

/// What the language takes as parameters (kernel/distribution.h), with a margin so that printing keeps it.
constexpr double least_cv = 0.00101, most_gamma_cv = 9.99, most_lognormal_cv = 999;
constexpr double least_shape = 0.0501, most_shape = 999;
/// Fewer values do not carry so many parameters.
constexpr std::size_t fewest_for_two = 3, fewest_for_three = 30;

/// The sample in units of its mean, so that steps and bounds mean the same for every sample, with its sums.
struct Prepared {
    std::vector<double> observed, logs, censored;
    double scale = 1;
    double n = 0;                  // observed
    double mean = 0, squares = 0;  // of the observed: mean, squared distances from it
    double log_mean = 0, log_squares = 0;
    double least = infinity, most = 0;

    explicit Prepared(const Sample& sample) {
        double sum = 0;
        for (const double value : sample.observed) sum += value;
        n = static_cast<double>(sample.observed.size());
        if (sum > 0) scale = sum / n;
        const double half = sample.resolution > 0 ? sample.resolution / 2 : 0;
        for (const double value : sample.observed) {
            const double x = std::max(value, half) / scale;
            observed.push_back(x);
            logs.push_back(exact::log(x));
            least = std::min(least, x);
            most = std::max(most, x);
        }
        for (const double value : sample.censored)
            if (value > 0) censored.push_back(value / scale);
        mean = mean_of(observed);
        log_mean = mean_of(logs);
        squares = squares_of(observed, mean);
        log_squares = squares_of(logs, log_mean);
    }

    bool positive() const { return least > 0; }
    double cv() const { return n > 1 ? std::sqrt(squares / n) / mean : 0; }

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

double logistic(double u) { return 1 / (1 + exact::exp(-u)); }

/// The likelihood of one family: of what it is a function, and where it may go.
class Likelihood {
public:
    Likelihood(Family family, const Prepared& sample) : family_(family), s_(sample) {}

    std::size_t size() const {
        return family_ == Family::exponential ? 1 : family_ == Family::hyperexponential ? 3 : 2;
    }

    double operator()(const Point& u) const {
        const double value = raw(u);
        return std::isnan(value) ? -infinity : value;
    }

    Point clamped(Point u) const {
        const auto hold = [&](int i, double low, double high) {
            u[static_cast<std::size_t>(i)] = std::clamp(u[static_cast<std::size_t>(i)], low, high);
        };
        switch (family_) {
            case Family::gamma:
                hold(0, -20, 20);
                hold(1, exact::log(least_cv), exact::log(most_gamma_cv));
                break;
            case Family::lognormal:
                hold(0, -20, 50);
                hold(1, exact::log(least_cv), exact::log(most_lognormal_cv));
                break;
            case Family::weibull:
                hold(0, exact::log(least_shape), exact::log(most_shape));
                hold(1, -50, 50);
                break;
            case Family::normal:
                hold(0, 0, 1e6);
                hold(1, -20, 20);
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
                const double gap = std::max(1e-8, exact::log(s_.mean) - s_.log_mean);
                const double shape = (1 + std::sqrt(1 + 4 * gap / 3)) / (4 * gap);
                return clamped({exact::log(s_.mean), -0.5 * exact::log(shape), 0});
            }
            case Family::lognormal: {
                const double variance = std::max(1e-12, s_.log_squares / s_.n);
                return clamped({s_.log_mean + variance / 2, 0.5 * exact::log(exact::expm1(variance)), 0});
            }
            case Family::weibull: {
                // The logarithm is Gumbel: standard deviation pi / sqrt(6) over the shape.
                const double spread = std::max(1e-6, std::sqrt(s_.log_squares / s_.n));
                const double shape = 1.2825 / spread;
                return clamped({exact::log(shape), s_.log_mean + 0.5772 / shape, 0});
            }
            case Family::normal: return clamped({s_.mean, exact::log(cv * s_.mean), 0});
            default: return {exact::log(s_.mean), 0, 0};
        }
    }

private:
    double raw(const Point& u) const {
        switch (family_) {
            case Family::exponential: {
                const double mean = exact::exp(u[0]);
                double total = s_.n * s_.mean;
                for (const double c : s_.censored) total += c;
                return -s_.n * u[0] - total / mean;
            }
            case Family::gamma: {
                const double mean = exact::exp(u[0]), shape = exact::exp(-2 * u[1]), unit = mean / shape;
                double sum = (shape - 1) * s_.n * s_.log_mean - s_.n * s_.mean / unit -
                             s_.n * (shape * exact::log(unit) + log_gamma(shape));
                for (const double c : s_.censored) sum += exact::log(gamma_survival(shape, c / unit));
                return sum;
            }
            case Family::lognormal: {
                const double cv = exact::exp(u[1]), variance = exact::log1p(cv * cv);
                const double centre = u[0] - variance / 2, deviation = std::sqrt(variance);
                const double off = s_.log_mean - centre;
                double sum = -s_.n * (exact::log(deviation) + 0.5 * log_two_pi + s_.log_mean) -
                             (s_.log_squares + s_.n * off * off) / (2 * variance);
                for (const double c : s_.censored)
                    sum += exact::log(normal_survival((exact::log(c) - centre) / deviation));
                return sum;
            }
            case Family::weibull: {
                const double shape = exact::exp(u[0]);
                double sum = s_.n * (u[0] - shape * u[1]) + (shape - 1) * s_.n * s_.log_mean;
                for (const double log : s_.logs) sum -= exact::exp(shape * (log - u[1]));
                for (const double c : s_.censored) sum -= exact::exp(shape * (exact::log(c) - u[1]));
                return sum;
            }
            case Family::normal: {
                const double deviation = exact::exp(u[1]), off = s_.mean - u[0];
                const double all = s_.n + static_cast<double>(s_.censored.size());
                double sum = -s_.n * (u[1] + 0.5 * log_two_pi) -
                             (s_.squares + s_.n * off * off) / (2 * deviation * deviation) -
                             all * exact::log(normal_cdf(u[0] / deviation));
                for (const double c : s_.censored) sum += exact::log(normal_survival((c - u[0]) / deviation));
                return sum;
            }
            case Family::hyperexponential: {
                const double share = logistic(u[0]);
                const double first = exact::exp(-u[1]), second = exact::exp(-u[2]);
                double sum = 0;
                for (const double x : s_.observed)
                    sum += exact::log(share * first * exact::exp(-x * first) +
                                      (1 - share) * second * exact::exp(-x * second));
                for (const double c : s_.censored)
                    sum += exact::log(share * exact::exp(-c * first) + (1 - share) * exact::exp(-c * second));
                return sum;
            }
            default: return -infinity;
        }
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
        const auto below = std::clamp<std::size_t>(static_cast<std::size_t>(cut * s.n), 1, sorted.size() - 1);
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
        else if (fitted.family == Family::normal && name == "mean")
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
    const double per_scale = -s.n * exact::log(s.scale);  // of densities in units of the mean
    const auto size = static_cast<std::size_t>(s.n);
    if (size == 0 || !(s.most > 0)) {
        if (size == 0 || family != Family::constant) return std::nullopt;
    }
    const bool same = s.most == s.least;
    switch (family) {
        case Family::constant: {
            if (!same || !s.censored.empty()) return std::nullopt;
            FittedLaw fitted;
            fitted.family = family;
            const double value = s.scale * s.most;
            fitted.law = Distribution::constant(value);
            fitted.parameters = {{"value", value, value, value}};
            return with_likelihood(std::move(fitted), infinity);
        }
        case Family::uniform: {
            if (same || size < fewest_for_two || !s.censored.empty()) return std::nullopt;
            FittedLaw fitted;
            fitted.family = family;
            const double low = s.scale * s.least, high = s.scale * s.most;
            fitted.law = Distribution::uniform(low, high);
            fitted.parameters = {{"low", low, low, low}, {"high", high, high, high}};
            return with_likelihood(std::move(fitted), -s.n * exact::log(high - low));
        }
        case Family::pareto: {
            if (same || size < fewest_for_two || !s.positive()) return std::nullopt;
            const double log_least = exact::log(s.least);
            double sum = s.n * (s.log_mean - log_least);
            for (const double c : s.censored) sum += std::max(0.0, exact::log(c) - log_least);
            const double shape = s.n / sum, least = s.scale * s.least;
            if (!(shape > 0.1 && shape < 1000)) return std::nullopt;
            FittedLaw fitted;
            fitted.family = family;
            fitted.law = Distribution::pareto(shape, least);
            fitted.parameters = {{"shape", shape, shape, shape}, {"min", least, least, least}};
            return with_likelihood(std::move(fitted),
                                   s.n * exact::log(shape) - s.n * s.log_mean - shape * sum + per_scale);
        }
        default: break;
    }
    if (family == Family::exponential) {
        double total = s.n * s.mean;
        for (const double c : s.censored) total += c;
        const Likelihood likelihood(family, s);
        const Point at = {exact::log(total / s.n), 0, 0};
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
    } else if (family == Family::lognormal && s.censored.empty()) {
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
    return fit_prepared(family, Prepared(sample));
}

FittedLaw with_intervals(FittedLaw fitted, const Sample& sample, double level) {
    const Prepared s(sample);
    const double out = 1 - level;
    const bool complete = s.censored.empty();
    switch (fitted.family) {
        case Family::constant: return fitted;
        case Family::uniform: {
            // (high - most) / (most - least) exceeds t with probability (1 + t)^(1 - n), and so does the other end;
            // both hold at once at `level` together where each has half of what is left.
            FittedParameter &low = fitted.parameters[0], &high = fitted.parameters[1];
            const double beyond = (high.estimate - low.estimate) * (exact::pow(out, -1 / (s.n - 1)) - 1);
            low.low = std::max(0.0, low.estimate - beyond);
            high.high = high.estimate + beyond;
            return fitted;
        }
        case Family::pareto: {
            FittedParameter &shape = fitted.parameters[0], &least = fitted.parameters[1];
            const double sum = s.n / shape.estimate;
            shape.low = gamma_quantile(s.n - 1, out / 2, 1 - out / 2) / sum;
            shape.high = gamma_quantile(s.n - 1, 1 - out / 2, out / 2) / sum;
            least.low = least.estimate * exact::exp(-sum / s.n * (exact::pow(out, -1 / (s.n - 1)) - 1));
            return fitted;
        }
        case Family::exponential: {
            FittedParameter& mean = fitted.parameters[0];
            const double total = s.n * mean.estimate;
            mean.low = total / gamma_quantile(s.n, 1 - out / 2, out / 2);
            mean.high = total / gamma_quantile(s.n, out / 2, 1 - out / 2);
            return fitted;
        }
        default: break;
    }
    const Likelihood likelihood(fitted.family, s);
    const Top peak = climb(likelihood, point_of(fitted, s.scale));
    const double freedom = std::max(1.0, s.n - static_cast<double>(fitted.parameters.size()));
    const double t = student_quantile(1 - out / 2, freedom);
    for (std::size_t i = 0; i < fitted.parameters.size(); ++i) {
        FittedParameter& parameter = fitted.parameters[i];
        if (fitted.family == Family::lognormal && complete && parameter.name == "cv") {
            const double degrees = (s.n - 1) / 2;
            const auto cv = [&](double variance) { return std::sqrt(exact::expm1(variance)); };
            parameter.low = cv(s.log_squares / 2 / gamma_quantile(degrees, 1 - out / 2, out / 2));
            parameter.high = cv(s.log_squares / 2 / gamma_quantile(degrees, out / 2, 1 - out / 2));
            continue;
        }
        parameter.low = value_at(fitted, i, profile_limit(likelihood, peak, i, t * t / 2, -1), s.scale);
        parameter.high = value_at(fitted, i, profile_limit(likelihood, peak, i, t * t / 2, 1), s.scale);
    }
    return fitted;
}

std::optional<FamilyChoice> choose_family(const Sample& sample) {
    const Prepared prepared(sample);
    std::vector<FittedLaw> fits;
    std::optional<FittedLaw> exponential;
    for (const Family family : all_families)
        if (auto fitted = fit_prepared(family, prepared)) {
            if (family == Family::constant) return FamilyChoice{*fitted, std::nullopt};
            if (family == Family::exponential) exponential = fitted;
            fits.push_back(std::move(*fitted));
        }
    if (fits.empty()) return std::nullopt;
    std::stable_sort(fits.begin(), fits.end(),
                     [](const FittedLaw& a, const FittedLaw& b) { return a.aic < b.aic; });
    FamilyChoice choice{fits.front(), std::nullopt};
    if (exponential && is_case_of(Family::exponential, choice.chosen.family)) {
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
