#include "kernel/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "kernel/invariant.h"
#include "kernel/random.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

constexpr std::size_t morris_levels = 4;
/// Half of the levels, so that all are as likely (Morris 1991, section 3).
constexpr std::size_t morris_step = morris_levels / 2;
/// Sums over rows, of which each row can be taken out again.
using Sums = std::vector<double>;

/// The interval of a smooth function of means over rows: pseudo-values of the jackknife (Tukey 1958). `rows[i]` are what
/// row i adds to the sums; of(sums, n).
template <class Function>
Estimate jackknifed(const std::vector<Sums>& rows, double level, Function of) {
    Sums all(rows.front().size(), 0.0);
    for (const Sums& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) all[i] += row[i];
    const auto n = static_cast<double>(rows.size());
    const double whole = of(all, n);
    std::vector<double> pseudo;
    Sums without(all.size());
    for (const Sums& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) without[i] = all[i] - row[i];
        pseudo.push_back(n * whole - (n - 1) * of(without, n - 1));
    }
    return *student_interval(pseudo, level);
}

/// What every row adds to, before what each factor adds to.
enum Part : std::size_t { sum_first, sum_second, product, square, common };

/// How much a reply has changed; rounding is no change.
double change(double from, double to) {
    constexpr double rounding = 1e-12;
    return std::fabs(to - from) <= rounding * std::max(std::fabs(from), std::fabs(to)) ? 0 : to - from;
}

double sign(double value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

double mean_of_sums(const Sums& sums, double n) { return (sums[sum_first] + sums[sum_second]) / (4 * n); }

/// E f(A) f(A), without noise, less the square of the mean. Both points that are drawn anew in each row count.
double variance_of(const Sums& sums, double n) {
    const double mean = mean_of_sums(sums, n);
    return sums[product] / (2 * n) - mean * mean;
}

}  // namespace

Design sobol_design(std::size_t factors, std::size_t rows, std::uint64_t seed) {
    require(factors > 0, "a design has a factor");
    Design design{factors, factors + 2, {}};
    for (std::size_t row = 0; row < rows; ++row) {
        Stream draws(stream_key(seed, row, "sobol", Purpose::sample));
        std::vector<double> one(factors), other(factors);
        for (double& value : one) value = draws.uniform();
        for (double& value : other) value = draws.uniform();
        design.points.push_back(one);
        design.points.push_back(other);
        for (std::size_t i = 0; i < factors; ++i) {
            design.points.push_back(one);
            design.points.back()[i] = other[i];
        }
    }
    return design;
}

std::optional<SobolIndices> sobol_indices(const Design& design, std::span<const Reply> replies,
                                          double level) {
    require(replies.size() == design.points.size(), "each point of a design has its reply");
    const std::size_t factors = design.factors, rows = design.rows();
    if (rows < least_sobol_rows) return std::nullopt;
    // Large means would leave nothing of small variances.
    double centre = 0;
    for (const Reply& reply : replies) centre += 0.5 * (reply.first + reply.second);
    centre /= static_cast<double>(replies.size());
    std::vector<Sums> sums;
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<Reply> at;
        for (const Reply& reply : replies.subspan(row * design.points_of_row, design.points_of_row))
            at.push_back({reply.first - centre, reply.second - centre});
        const Reply &a = at[0], &b = at[1];
        Sums one(common + 2 * factors);
        one[sum_first] = a.first + b.first;
        one[sum_second] = a.second + b.second;
        one[product] = a.first * a.second + b.first * b.second;
        one[square] =
            0.5 * (a.first * a.first + a.second * a.second + b.first * b.first + b.second * b.second);
        for (std::size_t i = 0; i < factors; ++i) {
            const Reply& mixed = at[2 + i];
            one[common + i] =
                0.5 * (b.first * (mixed.second - a.second) + b.second * (mixed.first - a.first));
            one[common + factors + i] = 0.5 * (a.first - mixed.first) * (a.second - mixed.second);
        }
        sums.push_back(std::move(one));
    }
    const Estimate variance = jackknifed(sums, level, variance_of);
    if (!(variance.low > 0)) return std::nullopt;
    SobolIndices found;
    found.variance = variance;
    found.mean = jackknifed(sums, level, mean_of_sums);
    for (double* value : {&found.mean.centre, &found.mean.low, &found.mean.high}) *value += centre;
    const auto share_of = [&](std::size_t part) {
        return jackknifed(sums, level,
                          [part](const Sums& all, double n) { return all[part] / n / variance_of(all, n); });
    };
    for (std::size_t i = 0; i < factors; ++i) {
        found.first.push_back(share_of(common + i));
        found.total.push_back(share_of(common + factors + i));
    }
    found.noise = jackknifed(sums, level, [](const Sums& all, double n) {
        const double mean = mean_of_sums(all, n);
        return 1 - variance_of(all, n) / (all[square] / (2 * n) - mean * mean);
    });
    found.noise.centre = std::clamp(found.noise.centre, 0.0, 1.0);
    found.noise.low = std::clamp(found.noise.low, 0.0, 1.0);
    found.noise.high = std::clamp(found.noise.high, 0.0, 1.0);
    return found;
}

Design morris_design(std::size_t factors, std::size_t rows, std::uint64_t seed) {
    require(factors > 0, "a design has a factor");
    Design design{factors, factors + 1, {}};
    for (std::size_t row = 0; row < rows; ++row) {
        Stream draws(stream_key(seed, row, "morris", Purpose::sample));
        std::vector<double> point(factors);
        std::vector<bool> up(factors);
        for (std::size_t i = 0; i < factors; ++i) {
            // Levels as places in the middle of equal parts: those at 0 and 1 are no quantiles of laws without end.
            const std::uint64_t start = draws.below(morris_step);
            up[i] = draws.below(2) == 0;
            point[i] = static_cast<double>(start + (up[i] ? 0 : morris_step));
        }
        std::vector<std::size_t> order(factors);
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (std::size_t left = factors; left > 1; --left)
            std::swap(order[left - 1], order[draws.below(left)]);
        const auto place = [&](double at_level) { return (at_level + 0.5) / morris_levels; };
        const auto add = [&] {
            std::vector<double> coordinates;
            for (const double at_level : point) coordinates.push_back(place(at_level));
            design.points.push_back(std::move(coordinates));
        };
        add();
        for (const std::size_t factor : order) {
            point[factor] += up[factor] ? 1.0 * morris_step : -1.0 * morris_step;
            add();
        }
    }
    return design;
}

std::optional<std::vector<ElementaryEffects>> elementary_effects(const Design& design,
                                                                 std::span<const Reply> replies,
                                                                 double level) {
    require(replies.size() == design.points.size(), "each point of a design has its reply");
    const std::size_t factors = design.factors, rows = design.rows();
    if (rows < least_morris_rows) return std::nullopt;
    std::vector<std::vector<Reply>> effects(factors);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t step = 1; step < design.points_of_row; ++step) {
            const std::size_t now = row * design.points_of_row + step, before = now - 1;
            const auto& from = design.points[before];
            const auto& to = design.points[now];
            const auto moved = static_cast<std::size_t>(
                std::mismatch(from.begin(), from.end(), to.begin()).first - from.begin());
            require(moved < factors, "a step moves a factor");
            const double by = to[moved] - from[moved];
            effects[moved].push_back({change(replies[before].first, replies[now].first) / by,
                                      change(replies[before].second, replies[now].second) / by});
        }
    std::vector<ElementaryEffects> found;
    for (const std::vector<Reply>& of_one : effects) {
        std::vector<double> means, magnitudes, told_by_the_other;
        for (const Reply& effect : of_one) {
            means.push_back(0.5 * (effect.first + effect.second));
            magnitudes.push_back(std::abs(means.back()));
            told_by_the_other.push_back(
                0.5 * (sign(effect.first) * effect.second + sign(effect.second) * effect.first));
        }
        ElementaryEffects one;
        one.mean = *student_interval(means, level);
        // Of a reply whose noise is its own the mean absolute value is no less than that without noise (Jensen's
        // inequality), and its mean times the sign of another reply no more, as no sign is right more than always.
        const Range size{0, std::numeric_limits<double>::infinity()};
        one.magnitude = *student_interval(magnitudes, level, size);
        one.magnitude.low =
            std::min(one.magnitude.low, student_interval(told_by_the_other, level, size)->low);
        double covariance = 0, first = 0, second = 0;
        const auto n = static_cast<double>(of_one.size());
        for (const Reply& effect : of_one) {
            first += effect.first / n;
            second += effect.second / n;
        }
        for (const Reply& effect : of_one) covariance += (effect.first - first) * (effect.second - second);
        one.standard_deviation = std::sqrt(std::max(0.0, covariance / (n - 1)));
        found.push_back(one);
    }
    return found;
}

}  // namespace understudy::kernel
