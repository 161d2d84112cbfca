#include "models/analytic/polling.h"

#include <Eigen/Core>
#include <cmath>

namespace understudy::models {

double polling_cycle(const std::vector<PolledLine>& lines, const WorkLaw& turning) {
    double load = 0;
    for (const PolledLine& line : lines) load += line.rate * line.service.mean;
    return static_cast<double>(lines.size()) * turning.mean / (1 - load);
}

std::optional<std::vector<double>> polling_waits(const std::vector<PolledLine>& lines,
                                                 const WorkLaw& turning) {
    using Eigen::Index;
    const auto n = static_cast<Index>(lines.size());
    Eigen::VectorXd rates(n);
    for (Index i = 0; i < n; ++i) rates(i) = lines[static_cast<std::size_t>(i)].rate;
    // Of those who wait in each line as the worker comes to the next: E[X_j] and E[X_j X_k].
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(n);
    Eigen::MatrixXd second = Eigen::MatrixXd::Zero(n, n);
    std::vector<double> first_found(lines.size(), 0), second_found(lines.size(), 0);
    const double way = turning.mean, way_second = turning.second;
    constexpr double most_steps = 2e7;
    const double most_rounds = most_steps / (static_cast<double>(n) * static_cast<double>(n * n));
    for (double round = 0; round < most_rounds; ++round) {
        double moved = 0;
        for (Index i = 0; i < n; ++i) {
            const PolledLine& line = lines[static_cast<std::size_t>(i)];
            const double found = mean(i), found_second = second(i, i);
            double& known = second_found[static_cast<std::size_t>(i)];
            const double factorial = found_second - found;
            moved = std::max(moved, std::fabs(factorial - known) / std::max(std::fabs(factorial), 1e-300));
            known = factorial;
            first_found[static_cast<std::size_t>(i)] = found;
            // What each of those found takes: a service, or a busy period of its line.
            const double left = line.gated ? 1 : 1 - line.rate * line.service.mean;
            const double each = line.service.mean / left;
            const double each_second = line.service.second / (left * left * left);
            const double each_variance = each_second - each * each;
            // The visit and the way to the next line, and the square of that.
            const double visit = found * each;
            const double visit_second = found_second * each * each + found * each_variance;
            const double all = visit + way, all_second = visit_second + 2 * visit * way + way_second;
            Eigen::VectorXd with_all(n), kept = mean;  // E[X_j times the time], X_i being gone
            for (Index j = 0; j < n; ++j) with_all(j) = j == i ? 0 : each * second(j, i) + way * mean(j);
            kept(i) = 0;
            Eigen::MatrixXd next(n, n);
            for (Index j = 0; j < n; ++j)
                for (Index k = 0; k <= j; ++k) {
                    double value;
                    const bool own = j == i || k == i;
                    if (line.gated || !own) {
                        value = (own ? 0 : second(j, k)) + rates(k) * with_all(j) + rates(j) * with_all(k) +
                                rates(j) * rates(k) * all_second + (j == k ? rates(j) * all : 0);
                    } else if (j == k) {
                        // Who comes to this line during the visit is served in it.
                        value = rates(i) * rates(i) * way_second + rates(i) * way;
                    } else {
                        const Index other = j == i ? k : j;
                        value = rates(i) * way * mean(other) +
                                rates(i) * rates(other) * (visit * way + way_second);
                    }
                    next(j, k) = next(k, j) = value;
                }
            second = next;
            for (Index j = 0; j < n; ++j) mean(j) = kept(j) + rates(j) * (j == i && !line.gated ? way : all);
        }
        constexpr double still = 1e-13;
        if (round > 1 && moved < still) {
            std::vector<double> waits;
            for (std::size_t i = 0; i < lines.size(); ++i) {
                const double load = lines[i].rate * lines[i].service.mean;
                const double away = second_found[i] / (2 * lines[i].rate * first_found[i]);
                waits.push_back(lines[i].gated
                                    ? (1 + load) * away
                                    : lines[i].rate * lines[i].service.second / (2 * (1 - load)) + away);
            }
            return waits;
        }
    }
    return std::nullopt;
}

}  // namespace understudy::models
