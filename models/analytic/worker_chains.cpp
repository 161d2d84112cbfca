#include "models/analytic/worker_chains.h"

#include <Eigen/LU>
#include <algorithm>
#include <vector>

#include "models/analytic/quasi_birth_death.h"

namespace understudy::models {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Sums of what goes by level and phase: `of(level, phase)` grows by `slope(phase)` a level above the last.
template <class Of, class Slope>
double mean_over(const LevelLaw& law, const Of& of, const Slope& slope) {
    double sum = 0;
    const std::size_t b = law.levels.size() - 1;
    for (std::size_t n = 0; n < b; ++n)
        for (Index i = 0; i < law.levels[n].size(); ++i) sum += law.levels[n](i) * of(n, i);
    const VectorXd tail = law.tail(), above = law.above();
    for (Index i = 0; i < tail.size(); ++i) sum += tail(i) * of(b, i) + above(i) * slope(i);
    return sum;
}

}  // namespace

std::optional<WorkersAnswer> failing_workers(double rate, double service, int workers,
                                             const Failures& failures) {
    const Index size = failures.all_together ? 2 : workers + 1;
    const auto there = [&](Index phase) {
        return failures.all_together ? (phase > 0 ? workers : 0) : static_cast<int>(phase);
    };
    QuasiBirthDeath chain;
    MatrixXd serves;
    for (int n = 0; n <= workers; ++n) {
        MatrixXd within = MatrixXd::Zero(size, size);
        serves = MatrixXd::Zero(size, size);
        for (Index i = 0; i < size; ++i) {
            const int busy = std::min(n, there(i));
            const double exposed = failures.all_together ? 1.0
                                   : failures.while_busy ? busy
                                                         : static_cast<double>(i);
            if (i > 0) within(i, i - 1) = exposed / failures.up;
            if (i + 1 < size) within(i, i + 1) = static_cast<double>(size - 1 - i) / failures.repair;
            serves(i, i) = busy / service;
        }
        chain.up.push_back(MatrixXd(rate * MatrixXd::Identity(size, size)));
        chain.within.push_back(within);
        chain.down.push_back(serves);
    }
    chain.down_again = serves;
    const auto law = solve_levels(chain);
    if (!law) return std::nullopt;
    WorkersAnswer answer;
    answer.present = mean_over(
        *law, [](std::size_t n, Index) { return static_cast<double>(n); }, [](Index) { return 1; });
    answer.workers = mean_over(
        *law, [&](std::size_t, Index i) { return there(i); }, [](Index) { return 0; });
    answer.line = mean_over(
        *law, [&](std::size_t n, Index i) { return std::max(0.0, static_cast<double>(n) - there(i)); },
        [](Index) { return 1; });
    answer.empty = law->levels.front().sum();
    return answer;
}

std::optional<WorkersAnswer> starting_workers(double rate, double service, int least, int most,
                                              double start) {
    // Phases of level n: `least` workers to as many as have work, or all.
    const auto phases = [&](int n) { return static_cast<Index>(std::clamp(n, least, most) - least + 1); };
    const auto busy = [&](std::size_t n, Index i) {
        return std::min(static_cast<int>(n), least + static_cast<int>(i));
    };
    const auto starts = [&](std::size_t n, Index i) {
        return std::min(static_cast<int>(n) - busy(n, i), most - least - static_cast<int>(i));
    };
    QuasiBirthDeath chain;
    for (int n = 0; n <= most; ++n) {
        const Index size = phases(n);
        const auto level = static_cast<std::size_t>(n);
        MatrixXd up = MatrixXd::Zero(size, n < most ? phases(n + 1) : size),
                 within = MatrixXd::Zero(size, size);
        MatrixXd down = MatrixXd::Zero(size, n > 0 ? phases(n - 1) : 1);
        for (Index i = 0; i < size; ++i) {
            up(i, i) = rate;
            if (i + 1 < size) within(i, i + 1) = starts(level, i) / start;
            // Who has nothing to do any more is put off.
            if (n > 0) down(i, std::min(i, phases(n - 1) - 1)) += busy(level, i) / service;
        }
        chain.up.push_back(up);
        chain.within.push_back(within);
        chain.down.push_back(down);
    }
    const Index size = phases(most);
    chain.down_again = MatrixXd::Zero(size, size);
    for (Index i = 0; i < size; ++i) chain.down_again(i, i) = (least + static_cast<double>(i)) / service;
    const auto law = solve_levels(chain);
    if (!law) return std::nullopt;
    WorkersAnswer answer;
    answer.present = mean_over(
        *law, [](std::size_t n, Index) { return static_cast<double>(n); }, [](Index) { return 1; });
    answer.workers = mean_over(
        *law, [&](std::size_t, Index i) { return least + static_cast<double>(i); }, [](Index) { return 0; });
    answer.starting = mean_over(*law, starts, [](Index) { return 0; });
    answer.line = mean_over(
        *law, [&](std::size_t n, Index i) { return static_cast<double>(n) - busy(n, i); },
        [](Index) { return 1; });
    answer.empty = law->levels.front().sum();
    return answer;
}

std::optional<RetrialAnswer> retrials(double rate, double service, int workers, double pause) {
    if (workers == 1) {
        const double load = rate * service;
        return RetrialAnswer{load * (rate * pause + load) / (1 - load), load, load};
    }
    const Index size = workers + 1;
    constexpr std::size_t most_orbit = 5000;
    constexpr double beyond = 1e-13;
    for (std::size_t last = 64; last <= most_orbit; last *= 2) {
        // Levels are those who pause; the last one sends nobody on.
        QuasiBirthDeath chain;
        for (std::size_t n = 0; n <= last; ++n) {
            MatrixXd up = MatrixXd::Zero(size, size), within = up, down = up;
            for (Index i = 0; i < size; ++i) {
                if (i < workers) {
                    within(i, i + 1) = rate;
                    down(i, i + 1) = static_cast<double>(n) / pause;
                } else if (n < last) {
                    up(i, i) = rate;
                }
                if (i > 0) within(i, i - 1) = static_cast<double>(i) / service;
            }
            chain.up.push_back(up);
            chain.within.push_back(within);
            chain.down.push_back(down);
        }
        const auto law = solve_levels(chain);
        if (!law) return std::nullopt;
        if (law->levels.back().sum() > beyond) continue;
        RetrialAnswer answer;
        for (std::size_t n = 0; n <= last; ++n) {
            answer.orbit += static_cast<double>(n) * law->levels[n].sum();
            answer.blocked += law->levels[n](workers);
            for (Index i = 0; i < size; ++i) answer.busy += static_cast<double>(i) * law->levels[n](i);
        }
        return answer;
    }
    return std::nullopt;
}

}  // namespace understudy::models
