#include "models/analytic/transforms.h"

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "kernel/distribution_tables.h"
#include "kernel/exact_math.h"
#include "kernel/special_functions.h"

namespace understudy::models {

namespace {

using kernel::Distribution;
using Kind = Distribution::Kind;
namespace exact = kernel::exact;

double cube(double x) { return x * x * x; }

double gamma_function(double x) { return exact::exp(kernel::log_gamma(x)); }

double scale_of(const Distribution& law) { return law.parameter("scale").value_or(1); }

/// Nodes and weights on (-1, 1): exact for polynomials of degree 15 (Abramowitz and Stegun 1964, table 25.4).
constexpr std::array<std::pair<double, double>, 4> gauss = {{{0.1834346424956498, 0.3626837833783620},
                                                             {0.5255324099163290, 0.3137066458778873},
                                                             {0.7966664774136267, 0.2223810344533745},
                                                             {0.9602898564975363, 0.1012285362903763}}};

template <class F>
double integral(double low, double high, F&& f) {
    const double centre = 0.5 * (low + high), half = 0.5 * (high - low);
    double sum = 0;
    for (const auto& [node, weight] : gauss)
        sum += weight * (f(centre - half * node) + f(centre + half * node));
    return half * sum;
}

/// Panels that double from a fine first one: laws differ most near 0. Between panels a law may have a jump or a kink:
/// its own ends are panels' ends.
std::vector<double> panels(const Distribution& law, double until) {
    std::vector<double> ends = {0};
    constexpr int per_octave = 4;
    for (double at = law.mean() / 4096; at < until; at *= 2)
        for (int i = 0; i < per_octave; ++i) ends.push_back(at * (1 + static_cast<double>(i) / per_octave));
    ends.push_back(until);
    for (const double end : {law.lower_end(), law.upper_end()})
        if (end > 0 && end < until) ends.push_back(end);
    std::sort(ends.begin(), ends.end());
    return ends;
}

double laplace_integrated(const Distribution& law, double s) {
    // By parts: 1 - s times the integral of exp(-s t) P(X > t).
    constexpr double negligible = 40;  // exp(-40)
    const double until = std::min(law.upper_end(), negligible / s);
    const std::vector<double> ends = panels(law, until);
    double sum = 0;
    for (std::size_t i = 1; i < ends.size(); ++i)
        sum += integral(ends[i - 1], ends[i], [&](double t) { return exact::exp(-s * t) * law.survival(t); });
    return 1 - s * sum;
}

Eigen::MatrixXd matrix_of(const std::vector<std::vector<double>>& rates) {
    const auto n = static_cast<Eigen::Index>(rates.size());
    Eigen::MatrixXd matrix(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j)
            matrix(i, j) = rates[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    return matrix;
}

Eigen::RowVectorXd vector_of(const std::vector<double>& values) {
    return Eigen::Map<const Eigen::RowVectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

double sum_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
}

Phases erlang_phases(std::size_t k, double mean) {
    Phases law{std::vector<double>(k, 0), std::vector<std::vector<double>>(k, std::vector<double>(k, 0))};
    law.start[0] = 1;
    const double rate = static_cast<double>(k) / mean;
    for (std::size_t i = 0; i < k; ++i) {
        law.rates[i][i] = -rate;
        if (i + 1 < k) law.rates[i][i + 1] = rate;
    }
    return law;
}

std::optional<Phases> mixture_phases(const Distribution& law) {
    const auto& components = law.components();
    std::vector<double> weights = law.weights();
    if (weights.empty()) weights.assign(components.size(), 1);
    const double total = sum_of(weights);
    std::vector<double> entry;
    std::vector<Phases> stays;
    for (std::size_t i = 0; i < components.size(); ++i) {
        const auto part = as_phases(components[i]);
        if (!part) return std::nullopt;
        entry.push_back(weights[i] / total);
        stays.push_back(*part);
    }
    const std::vector<std::vector<double>> nowhere(stays.size(), std::vector<double>(stays.size(), 0));
    return through_stages(entry, stays, nowhere);
}

}  // namespace

std::optional<double> third_moment(const Distribution& law) {
    const auto value = [&](const char* name) { return *law.parameter(name); };
    if (law.is_constant()) return cube(law.mean());
    if (law.is_truncated() && law.kind() != Kind::uniform) return std::nullopt;
    const double mean = law.mean();
    switch (law.kind()) {
        case Kind::constant: return cube(mean);
        case Kind::exponential: return 6 * cube(mean);
        case Kind::uniform: {
            const double low = law.lower_end(), high = law.upper_end();
            return 0.25 * (low + high) * (low * low + high * high);
        }
        case Kind::erlang:
        case Kind::gamma: {
            const double shape = 1 / (law.cv() * law.cv());
            return cube(mean) * (1 + 1 / shape) * (1 + 2 / shape);
        }
        case Kind::lognormal: return cube(mean * (1 + law.cv() * law.cv()));
        case Kind::weibull: return cube(value("scale")) * gamma_function(1 + 3 / value("shape"));
        case Kind::pareto: {
            const double shape = value("shape");
            return shape > 3 ? shape / (shape - 3) * cube(value("min")) : INFINITY;
        }
        case Kind::triangular: {
            const double a = value("low"), b = value("high"), m = value("mode");
            // E of the third power: the mean of all products of three of a, b and m, over orders (Johnson 1997).
            const double h = a * a * a + b * b * b + m * m * m + a * a * b + a * a * m + b * b * a +
                             b * b * m + m * m * a + m * m * b + a * b * m;
            return h / 10;
        }
        case Kind::mixture: {
            double sum = 0;
            std::vector<double> weights = law.weights();
            if (weights.empty()) weights.assign(law.components().size(), 1);
            for (std::size_t i = 0; i < weights.size(); ++i) {
                const auto part = third_moment(law.components()[i]);
                if (!part) return std::nullopt;
                sum += weights[i] * *part;
            }
            return sum / sum_of(weights);
        }
        case Kind::phase_type: {
            // k! a (-T)^-k 1 (Neuts 1981, eq. 2.2.7).
            const Eigen::PartialPivLU<Eigen::MatrixXd> lu(-matrix_of(law.rates()));
            Eigen::VectorXd right = Eigen::VectorXd::Ones(static_cast<Eigen::Index>(law.rates().size()));
            for (int k = 0; k < 3; ++k) right = lu.solve(right);
            return 6 * cube(scale_of(law)) * vector_of(law.start()).dot(right);
        }
        case Kind::empirical: {
            double sum = 0;
            std::vector<double> weights = law.weights();
            if (weights.empty()) weights.assign(law.values().size(), 1);
            for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * cube(law.values()[i]);
            return cube(scale_of(law)) * sum / sum_of(weights);
        }
        default: return std::nullopt;
    }
}

double laplace(const Distribution& law, double s) {
    if (!(s > 0)) return 1;
    if (law.is_constant()) return exact::exp(-s * law.mean());
    if (law.is_truncated()) return laplace_integrated(law, s);
    const double mean = law.mean();
    switch (law.kind()) {
        case Kind::exponential: return 1 / (1 + s * mean);
        case Kind::erlang:
        case Kind::gamma: {
            const double shape = 1 / (law.cv() * law.cv());
            return exact::exp(-shape * exact::log1p(s * mean / shape));
        }
        case Kind::mixture: {
            double sum = 0;
            std::vector<double> weights = law.weights();
            if (weights.empty()) weights.assign(law.components().size(), 1);
            for (std::size_t i = 0; i < weights.size(); ++i)
                sum += weights[i] * laplace(law.components()[i], s);
            return sum / sum_of(weights);
        }
        case Kind::phase_type: {
            const Eigen::MatrixXd rates = matrix_of(law.rates());
            const double scaled = s * scale_of(law);
            const auto n = rates.rows();
            const Eigen::VectorXd out = -rates.rowwise().sum();
            const Eigen::VectorXd right =
                (scaled * Eigen::MatrixXd::Identity(n, n) - rates).partialPivLu().solve(out);
            return std::max(0.0, 1 - sum_of(law.start())) + vector_of(law.start()).dot(right);
        }
        case Kind::empirical: {
            double sum = 0;
            std::vector<double> weights = law.weights();
            if (weights.empty()) weights.assign(law.values().size(), 1);
            const double scale = scale_of(law);
            for (std::size_t i = 0; i < weights.size(); ++i)
                sum += weights[i] * exact::exp(-s * scale * law.values()[i]);
            return sum / sum_of(weights);
        }
        default: return laplace_integrated(law, s);
    }
}

double mean_growth(const Distribution& law, double s) {
    if (law.is_constant()) return exact::exp(s * law.mean());
    std::vector<double> weights = law.weights();
    if (law.kind() == Kind::empirical && !law.is_truncated()) {
        if (weights.empty()) weights.assign(law.values().size(), 1);
        double sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i)
            sum += weights[i] * exact::exp(s * scale_of(law) * law.values()[i]);
        return sum / sum_of(weights);
    }
    if (law.kind() == Kind::mixture && !law.is_truncated()) {
        if (weights.empty()) weights.assign(law.components().size(), 1);
        double sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i)
            sum += weights[i] * mean_growth(law.components()[i], s);
        return sum / sum_of(weights);
    }
    if (law.kind() == Kind::exponential && !law.is_truncated())
        return s * law.mean() < 1 ? 1 / (1 - s * law.mean()) : INFINITY;
    // By parts: 1 + s times the integral of exp(s t) P(X > t).
    constexpr double rarest = 1e-12, most = 1e6;
    const std::vector<double> ends = panels(law, law.quantile(1 - rarest));
    double sum = 0;
    for (std::size_t i = 1; i < ends.size() && s * sum < most; ++i) {
        // Where the factor grows a lot within a panel, by more of them.
        const double width = ends[i] - ends[i - 1], parts = std::ceil(std::min(s * width, most));
        for (double part = 0; part < std::max(parts, 1.0) && s * sum < most; ++part)
            sum += integral(ends[i - 1] + width * part / std::max(parts, 1.0),
                            ends[i - 1] + width * (part + 1) / std::max(parts, 1.0),
                            [&](double t) { return exact::exp(s * t) * law.survival(t); });
    }
    return s * sum < most ? 1 + s * sum : INFINITY;
}

double mean_least_excess(const Distribution& law, double c) {
    const double mean = law.mean();
    if (law.is_constant()) return mean / (c + 1);
    if (law.kind() == Kind::exponential && !law.is_truncated()) return mean / c;
    // What is left of the integral of P(X > t) from t on, over the mean, is the excess's survival.
    const double until = std::min(law.upper_end(), mean * 1e9);
    const std::vector<double> ends = panels(law, until);
    double left = 1, sum = 0, alive = 1;
    const auto power = [&](double x) { return x > 0 ? exact::exp(c * exact::log(x)) : 0.0; };
    for (std::size_t i = 1; i < ends.size() && left > 1e-6; ++i) {
        const double width = ends[i] - ends[i - 1];
        const auto survival = [&](double part) { return law.survival(ends[i - 1] + part * width); };
        const double middle = survival(0.5), end = survival(1);
        const double at_middle = left - width / 12 * (alive + 4 * survival(0.25) + middle) / mean;
        const double at_end = at_middle - width / 12 * (middle + 4 * survival(0.75) + end) / mean;
        sum += width / 6 * (power(left) + 4 * power(at_middle) + power(at_end));
        left = std::max(0.0, at_end);
        alive = end;
    }
    return sum;
}

double precise_quantile(const Distribution& law, double p) {
    double x = law.quantile(p);
    if (!(x > law.lower_end()) || !std::isfinite(x) || law.is_constant()) return x;
    // Newton's method on the logarithm of the smaller tail, which is nearly straight there.
    const bool below = p < 0.5;
    const auto distance = [&](double at) {
        return exact::log(below ? law.cdf(at) / p : law.survival(at) / (1 - p));
    };
    constexpr double step = 1e-5;
    for (int i = 0; i < 4; ++i) {
        const double here = distance(x), slope = (distance(x * (1 + step)) - here) / (x * step);
        if (!std::isfinite(here) || !std::isfinite(slope) || slope == 0) break;
        const double move = here / slope;
        if (std::fabs(move) > 0.01 * x) break;  // a jump, and not a tail
        x -= move;
        if (std::fabs(move) < 1e-14 * x) break;
    }
    return x;
}

std::vector<double> exits_of(const Phases& phases) {
    std::vector<double> rates;
    for (const auto& row : phases.rates) {
        double sum = 0;
        for (const double rate : row) sum -= rate;
        rates.push_back(std::max(0.0, sum));
    }
    return rates;
}

std::optional<Phases> as_phases(const Distribution& law) {
    if (law.is_constant() || law.is_truncated()) return std::nullopt;
    switch (law.kind()) {
        case Kind::exponential: return erlang_phases(1, law.mean());
        case Kind::erlang: {
            const double k = *law.parameter("k");
            if (k > static_cast<double>(most_phases)) return std::nullopt;
            return erlang_phases(static_cast<std::size_t>(k), law.mean());
        }
        case Kind::mixture: return mixture_phases(law);
        case Kind::phase_type: {
            Phases phases{law.start(), law.rates()};
            for (auto& row : phases.rates)
                for (double& rate : row) rate /= scale_of(law);
            return phases;
        }
        default: return std::nullopt;
    }
}

std::optional<double> quantile(const Phases& law, double p) {
    const double atom = std::max(0.0, 1 - sum_of(law.start));
    if (p <= atom) return 0;
    if (law.count() == 1) return exact::log(law.start[0] / (1 - p)) / -law.rates[0][0];
    // The table is as long as the fastest phase has jumps, and each takes a product of a matrix.
    double fastest = 0, slowest = INFINITY;
    for (std::size_t i = 0; i < law.count(); ++i) {
        fastest = std::max(fastest, -law.rates[i][i]);
        slowest = std::min(slowest, -law.rates[i][i]);
    }
    constexpr double most_work = 5e6, tail = 40;
    const auto n = static_cast<double>(law.count());
    const double mean = vector_of(law.start).dot(
        Eigen::VectorXd((-matrix_of(law.rates))
                            .partialPivLu()
                            .solve(Eigen::VectorXd::Ones(static_cast<Eigen::Index>(law.count())))));
    const double span = mean + std::sqrt(variance(law)) + 1 / slowest;
    if (!(fastest * span * tail * n * n < most_work)) return std::nullopt;
    const kernel::PhaseTypeTable table(law.start, law.rates);
    // Of the law given that it is not 0.
    return table.quantile((p - atom) / (1 - atom), (1 - p) / (1 - atom));
}

double variance(const Phases& law) {
    const Eigen::PartialPivLU<Eigen::MatrixXd> lu(-matrix_of(law.rates));
    const Eigen::VectorXd once = lu.solve(Eigen::VectorXd::Ones(static_cast<Eigen::Index>(law.count())));
    const double mean = vector_of(law.start).dot(once);
    return 2 * vector_of(law.start).dot(Eigen::VectorXd(lu.solve(once))) - mean * mean;
}

std::optional<Phases> in_series(const Phases& first, const Phases& second) {
    const std::vector<double> entry = {1, 0};
    const std::vector<Phases> stays = {first, second};
    const std::vector<std::vector<double>> next = {{0, 1}, {0, 0}};
    return through_stages(entry, stays, next);
}

std::optional<Phases> through_stages(std::span<const double> entry, std::span<const Phases> stays,
                                     std::span<const std::vector<double>> next) {
    // A stay may be over at once: where an item goes when it leaves i without a stay is part of the way.
    const auto stages = static_cast<Eigen::Index>(stays.size());
    std::vector<std::size_t> first(stays.size() + 1, 0);
    std::vector<double> skipped;
    for (std::size_t i = 0; i < stays.size(); ++i) {
        first[i + 1] = first[i] + stays[i].count();
        skipped.push_back(std::max(0.0, 1 - sum_of(stays[i].start)));
        if (skipped.back() < 1e-15) skipped.back() = 0;
    }
    const std::size_t n = first.back();
    if (n == 0 || n > most_phases) return std::nullopt;
    // Of items that come to i, those whose next stay is at j.
    Eigen::MatrixXd hop = Eigen::MatrixXd::Identity(stages, stages);
    for (Eigen::Index i = 0; i < stages; ++i)
        for (Eigen::Index j = 0; j < stages; ++j)
            hop(i, j) -= skipped[static_cast<std::size_t>(i)] *
                         next[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    const Eigen::MatrixXd arrive = hop.partialPivLu().inverse();
    const auto begins = [&](auto&& share) {
        std::vector<double> start(n, 0);
        for (std::size_t to = 0; to < stays.size(); ++to) {
            double reached = 0;
            for (std::size_t from = 0; from < stays.size(); ++from)
                reached +=
                    share(from) * arrive(static_cast<Eigen::Index>(from), static_cast<Eigen::Index>(to));
            for (std::size_t k = 0; k < stays[to].count(); ++k)
                start[first[to] + k] = reached * stays[to].start[k];
        }
        return start;
    };
    Phases law;
    law.start = begins([&](std::size_t i) { return entry[i]; });
    law.rates.assign(n, std::vector<double>(n, 0));
    for (std::size_t i = 0; i < stays.size(); ++i) {
        const std::vector<double> out = exits_of(stays[i]);
        const std::vector<double> after = begins([&](std::size_t j) { return next[i][j]; });
        for (std::size_t k = 0; k < stays[i].count(); ++k) {
            auto& row = law.rates[first[i] + k];
            for (std::size_t l = 0; l < stays[i].count(); ++l) row[first[i] + l] = stays[i].rates[k][l];
            for (std::size_t to = 0; to < n; ++to) row[to] += out[k] * after[to];
        }
    }
    return law;
}

Phases wait_of_one_server(double rate, const Phases& service) {
    const Eigen::MatrixXd phases = matrix_of(service.rates);
    // Load times the excess's start: rate times the mean time in each phase.
    const Eigen::VectorXd excess =
        rate *
        Eigen::VectorXd((-phases).transpose().partialPivLu().solve(vector_of(service.start).transpose()));
    const Eigen::VectorXd out = -phases.rowwise().sum();
    const Eigen::MatrixXd all = phases + out * excess.transpose();
    Phases law;
    law.start.assign(excess.data(), excess.data() + excess.size());
    for (Eigen::Index i = 0; i < all.rows(); ++i) {
        law.rates.emplace_back();
        for (Eigen::Index j = 0; j < all.cols(); ++j) law.rates.back().push_back(all(i, j));
    }
    return law;
}

}  // namespace understudy::models
