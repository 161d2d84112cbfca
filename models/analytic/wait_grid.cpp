#include "models/analytic/wait_grid.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernel/exact_math.h"

namespace understudy::models {

namespace {

constexpr std::size_t points = 1024;
using Grid = std::array<double, points>;

/// Probabilities of the excess, rounded to multiples of the step.
Grid excess_on(const kernel::Distribution& service, double step) {
    Grid shares;
    const double mean = service.mean();
    // The integral of P(X > x), by Simpson's rule between the middles of the grid.
    const auto survival = [&](double x) { return service.survival(x); };
    double at_left = 1;
    double left = 0;
    for (std::size_t k = 0; k < points; ++k) {
        const double right = (static_cast<double>(k) + 0.5) * step;
        const double at_right = survival(right);
        shares[k] = (right - left) / 6 * (at_left + 4 * survival(0.5 * (left + right)) + at_right) / mean;
        left = right;
        at_left = at_right;
    }
    return shares;
}

Grid wait_on(double load, const Grid& excess) {
    Grid wait;
    const double first = 1 - load * excess[0];
    wait[0] = (1 - load) / first;
    for (std::size_t k = 1; k < points; ++k) {
        double sum = 0;
        for (std::size_t j = 1; j <= k; ++j) sum += excess[j] * wait[k - j];
        wait[k] = load / first * sum;
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

std::optional<OneServerQuantiles> one_server_quantiles(double rate, const kernel::Distribution& service, double p) {
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
        if (step > 0.25 * mean) return std::nullopt;
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
        for (std::size_t k = 0; k < points; ++k) served[k] = service.cdf((static_cast<double>(k) + 0.5) * step);
        const auto latency = crossing(p, step, [&](std::size_t k) {
            double all = 0;
            for (std::size_t j = 0; j <= k; ++j) all += wait[j] * served[k - j];
            return all;
        });
        if (!latency) continue;
        found.latency = *latency;
        return found;
    }
    return std::nullopt;
}

}  // namespace understudy::models
