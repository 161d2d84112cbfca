#include "models/analytic/wait_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "kernel/exact_math.h"

namespace understudy::models {

namespace {

constexpr std::size_t points = 1024;
using Grid = std::array<double, points>;

/// The integral of E[min(X, t)] over t up to x, where X takes few values; nothing elsewhere.
std::optional<double> least_until(const kernel::Distribution& law, double x) {
    using Kind = kernel::Distribution::Kind;
    const auto of_value = [&](double value) {
        return value < x ? value * value / 2 + value * (x - value) : x * x / 2;
    };
    if (law.is_constant()) return of_value(law.mean());
    constexpr std::size_t few = 64;
    const bool list = law.kind() == Kind::empirical && law.values().size() <= few;
    const bool parts = law.kind() == Kind::mixture;
    if (law.is_truncated() || (!list && !parts)) return std::nullopt;
    std::vector<double> weights = law.weights();
    const std::size_t n = list ? law.values().size() : law.components().size();
    if (weights.empty()) weights.assign(n, 1);
    double sum = 0, all = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const std::optional<double> one = list
                                              ? of_value(law.values()[i] * law.parameter("scale").value_or(1))
                                              : least_until(law.components()[i], x);
        if (!one) return std::nullopt;
        sum += weights[i] * *one;
        all += weights[i];
    }
    return sum / all;
}

/// Probabilities of the excess on multiples of the step, each value shared between its two neighbours so that the mean
/// is kept (Gerber 1982): second differences of the integral of E[min(X, t)].
Grid excess_on(const kernel::Distribution& service, double step) {
    std::array<double, points + 1> integral;
    integral[0] = 0;
    if (least_until(service, step)) {
        for (std::size_t k = 1; k <= points; ++k)
            integral[k] = *least_until(service, static_cast<double>(k) * step);
    } else {
        // Twice integrated P(X > t), as a parabola on each of some panels within a step: laws bend most near 0.
        constexpr std::size_t bends_until = 128;
        double least = 0, sum = 0, at_left = 1;
        for (std::size_t k = 0; k < points; ++k) {
            const int panels = k < bends_until ? 4 : 1;
            const double panel = step / panels;
            for (int i = 0; i < panels; ++i) {
                const double left = static_cast<double>(k) * step + i * panel;
                const double middle = service.survival(left + panel / 2),
                             right = service.survival(left + panel);
                sum += panel * least + panel * panel * (at_left / 6 + middle / 3);
                least += panel / 6 * (at_left + 4 * middle + right);
                at_left = right;
            }
            integral[k + 1] = sum;
        }
    }
    Grid shares;
    const double scale = 1 / (service.mean() * step);
    shares[0] = integral[1] * scale;
    for (std::size_t k = 1; k < points; ++k)
        shares[k] = std::max(0.0, (integral[k + 1] - 2 * integral[k] + integral[k - 1]) * scale);
    return shares;
}

/// a[0] b[n - 1] + a[1] b[n - 2] + ... , of n of each: four sums side by side, as each addition waits for the one before it.
double folded(const double* a, const double* b, std::size_t n) {
    constexpr std::size_t sums = 4;
    std::array<double, sums> part{};
    std::size_t i = 0;
    for (; i + sums <= n; i += sums)
        for (std::size_t s = 0; s < sums; ++s) part[s] += a[i + s] * b[n - 1 - i - s];
    for (; i < n; ++i) part[0] += a[i] * b[n - 1 - i];
    return (part[0] + part[1]) + (part[2] + part[3]);
}

Grid wait_on(double load, const Grid& excess) {
    Grid wait;
    const double first = 1 - load * excess[0];
    wait[0] = (1 - load) / first;
    for (std::size_t k = 1; k < points; ++k) {
        wait[k] = load / first * folded(excess.data() + 1, wait.data(), k);
    }
    return wait;
}

/// The p-quantile of a law on the grid whose values are spread about each of its points; nothing beyond the grid.
template <class UpTo>
std::optional<double> crossing(double p, double step, UpTo&& up_to) {
    std::size_t low = 0, high = points - 1;
    if (up_to(high) < p) return std::nullopt;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (up_to(middle) >= p)
            high = middle;
        else
            low = middle + 1;
    }
    const double above = up_to(high), below = high > 0 ? up_to(high - 1) : 0;
    const double part = above > below ? (p - below) / (above - below) : 1;
    return (static_cast<double>(high) - 0.5 + part) * step;
}

}  // namespace

std::optional<OneServerQuantiles> one_server_quantiles(double rate, const kernel::Distribution& service,
                                                       double p) {
    const double mean = service.mean(), load = rate * mean;
    const double second = service.variance() + mean * mean;
    if (!(load < 1) || !std::isfinite(second)) return std::nullopt;
    const double mean_wait = rate * second / (2 * (1 - load));
    // As if the wait were exponential, and then as far as it takes.
    double reach = 2 * std::max(mean_wait / load * kernel::exact::log(1 / (1 - p)), service.quantile(p));
    constexpr int most_rounds = 6;
    for (int round = 0; round < most_rounds; ++round, reach *= 2) {
        const double step = reach / static_cast<double>(points);
        // A grid that is coarse beside what is served says nothing.
        if (step > 0.12 * second / mean) return std::nullopt;
        const Grid wait = wait_on(load, excess_on(service, step));
        Grid until;
        double sum = 0;
        for (std::size_t k = 0; k < points; ++k) until[k] = sum += wait[k];
        OneServerQuantiles found;
        if (p > 1 - load) {
            const auto at = crossing(p, step, [&](std::size_t k) { return until[k]; });
            if (!at) continue;
            found.wait = std::max(0.0, *at);
        }
        if (service.is_constant()) {
            found.latency = found.wait + mean;
            if (p <= 1 - load) found.latency = mean;
            return found;
        }
        Grid served;
        for (std::size_t k = 0; k < points; ++k)
            served[k] = service.cdf((static_cast<double>(k) + 0.5) * step);
        const auto latency =
            crossing(p, step, [&](std::size_t k) { return folded(wait.data(), served.data(), k + 1); });
        if (!latency) continue;
        found.latency = *latency;
        return found;
    }
    return std::nullopt;
}

}  // namespace understudy::models
