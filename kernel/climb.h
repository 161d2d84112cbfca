// The top of a likelihood, and how far its foot is: for laws with a few parameters and no closed form.
//
// A hill is a function of N coordinates at most, `hill(point)`, smooth where it is finite; `hill.size()` of them count;
// `hill.clamped(point)` holds them in their range. Deterministic; as thread-safe as the hill.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace understudy::kernel {

template <std::size_t N>
struct Peak {
    std::array<double, N> at{};
    double value = -std::numeric_limits<double>::infinity();
};

template <std::size_t N>
struct Shape {
    static constexpr int most = static_cast<int>(N);
    Eigen::Matrix<double, Eigen::Dynamic, 1, 0, most, 1> slope;
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, most, most> bend;
};

/// Derivatives by those coordinates, by differences.
template <class Hill, std::size_t N>
Shape<N> shape_at(const Hill& hill, const Peak<N>& peak, const std::vector<std::size_t>& free) {
    constexpr double h = 1e-4;
    const auto moved = [&](std::size_t i, double a, std::size_t j, double b) {
        std::array<double, N> u = peak.at;
        u[free[i]] += a;
        u[free[j]] += b;
        return hill(u);
    };
    const auto m = static_cast<Eigen::Index>(free.size());
    Shape<N> shape{.slope = decltype(Shape<N>::slope)(m), .bend = decltype(Shape<N>::bend)(m, m)};
    for (Eigen::Index i = 0; i < m; ++i) {
        const auto a = static_cast<std::size_t>(i);
        const double up = moved(a, h, a, 0), down = moved(a, -h, a, 0);
        shape.slope(i) = (up - down) / (2 * h);
        shape.bend(i, i) = (up - 2 * peak.value + down) / (h * h);
        for (Eigen::Index j = 0; j < i; ++j) {
            const auto b = static_cast<std::size_t>(j);
            shape.bend(i, j) = shape.bend(j, i) =
                (moved(a, h, b, h) - moved(a, h, b, -h) - moved(a, -h, b, h) + moved(a, -h, b, -h)) /
                (4 * h * h);
        }
    }
    return shape;
}

/// Newton's method with derivatives by differences, damped as Levenberg (1944) and Marquardt (1963) do, over the
/// coordinates but `held`. The hill of `from`: another start may find a higher one.
template <class Hill, std::size_t N>
Peak<N> climb(const Hill& hill, std::array<double, N> from, std::size_t held = N) {
    using Point = std::array<double, N>;
    std::vector<std::size_t> free;
    for (std::size_t i = 0; i < hill.size(); ++i)
        if (i != held) free.push_back(i);
    Peak<N> peak{hill.clamped(from), 0};
    peak.value = hill(peak.at);
    if (free.empty()) return peak;
    const auto m = static_cast<Eigen::Index>(free.size());
    double damping = 1e-6;
    for (int round = 0; round < 100; ++round) {
        const auto [slope, bend] = shape_at(hill, peak, free);
        if (!slope.allFinite() || !bend.allFinite()) return peak;
        bool better = false;
        double moved_by = 0;
        for (int attempt = 0; attempt < 30 && !better; ++attempt) {
            auto steep = (-bend).eval();
            for (Eigen::Index i = 0; i < m; ++i) steep(i, i) += damping * (std::fabs(bend(i, i)) + 1e-3);
            const Eigen::LLT<decltype(steep)> solved(steep);
            if (solved.info() == Eigen::Success) {
                const auto step = solved.solve(slope).eval();
                Point next = peak.at;
                for (Eigen::Index i = 0; i < m; ++i)
                    next[free[static_cast<std::size_t>(i)]] += std::clamp(step(i), -2.0, 2.0);
                next = hill.clamped(next);
                moved_by = 0;
                for (std::size_t i = 0; i < N; ++i)
                    moved_by = std::max(moved_by, std::fabs(next[i] - peak.at[i]));
                const double value = hill(next);
                if (value > peak.value) {
                    peak = {next, value};
                    better = true;
                    damping = std::max(1e-9, damping / 10);
                    break;
                }
                if (moved_by < 1e-7) return peak;
            }
            damping = std::max(1e-6, damping * 10);
        }
        if (!better || moved_by < 1e-8) return peak;
    }
    return peak;
}

/// Where coordinate i is, in one direction (1 or -1), when the hill's top with it held has fallen by `drop` (the profile
/// likelihood: Venzon and Moolgavkar 1988, Applied Statistics 37:1), or its range ends.
template <class Hill, std::size_t N>
double profile_limit(const Hill& hill, const Peak<N>& peak, std::size_t i, double drop, double direction) {
    using Point = std::array<double, N>;
    const double target = peak.value - drop;
    double inside = peak.at[i], step = 0.01;
    Point from = peak.at;
    double outside = inside;
    for (int round = 0; round < 60; ++round) {
        Point at = from;
        at[i] = peak.at[i] + direction * step;
        if (hill.clamped(at)[i] != at[i]) return hill.clamped(at)[i];
        const Peak<N> found = climb(hill, at, i);
        outside = at[i];
        if (found.value < target) break;
        inside = at[i];
        from = found.at;
        step *= 2;
    }
    for (int round = 0; round < 30 && std::fabs(outside - inside) > 1e-7; ++round) {
        Point at = from;
        at[i] = 0.5 * (inside + outside);
        const Peak<N> found = climb(hill, at, i);
        (found.value < target ? outside : inside) = at[i];
        if (found.value >= target) from = found.at;
    }
    return 0.5 * (inside + outside);
}

}  // namespace understudy::kernel
