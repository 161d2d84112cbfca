#include "kernel/scalability.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "kernel/invariant.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

struct Covariance {
    Eigen::Matrix3d matrix;
    double degrees;
};

Covariance covariance_of(std::span<const Throughput> measured, const Eigen::MatrixXd& terms,
                         const Eigen::VectorXd& errors) {
    const Eigen::Matrix3d inverse = (terms.transpose() * terms).inverse();
    std::map<int, Eigen::Vector3d> groups;
    for (std::size_t i = 0; i < measured.size(); ++i) {
        if (measured[i].group < 0) continue;
        const auto row = static_cast<Eigen::Index>(i);
        groups.try_emplace(measured[i].group, Eigen::Vector3d::Zero()).first->second +=
            terms.row(row).transpose() * errors[row];
    }
    if (groups.size() < 2) {
        const double degrees = static_cast<double>(measured.size()) - 3;
        return {errors.squaredNorm() / degrees * inverse, degrees};
    }
    Eigen::Matrix3d between = Eigen::Matrix3d::Zero();
    for (const auto& [number, sum] : groups) between += sum * sum.transpose();
    const auto count = static_cast<double>(groups.size());
    return {count / (count - 1) * inverse * between * inverse, count - 1};
}

/// Errors of the measurements of each number of workers.
struct Level {
    std::vector<double> errors;
    double mean = 0;
};

/// Means of the levels against what differs within them.
struct LackOfFit {
    bool is_sure = false;
    double mean_square = 0;  ///< of one measurement, by the distances of the means
    double degrees = 0;
};

LackOfFit lack_of_fit(std::span<const Throughput> measured, const std::map<double, Level>& levels,
                      const Eigen::VectorXd& errors) {
    constexpr double significance = 0.01;
    const double count = static_cast<double>(measured.size()), numbers = static_cast<double>(levels.size());
    LackOfFit lack;
    lack.degrees = numbers - 3;
    double within = 0, between = 0, within_degrees = count - numbers;
    for (const auto& [workers, level] : levels) {
        between += static_cast<double>(level.errors.size()) * level.mean * level.mean;
        for (const double error : level.errors) within += (error - level.mean) * (error - level.mean);
    }
    lack.mean_square = between / lack.degrees;
    // What all measurements of a group have in common is no difference between numbers of workers. Groups that lack one
    // are no blocks: then it stays in the error.
    std::map<int, Level> groups;
    for (std::size_t i = 0; i < measured.size(); ++i)
        if (measured[i].group >= 0)
            groups[measured[i].group].errors.push_back(errors[static_cast<Eigen::Index>(i)]);
    const double blocks = static_cast<double>(groups.size());
    if (blocks >= 2 && blocks * numbers == count &&
        std::all_of(groups.begin(), groups.end(),
                    [&](const auto& group) { return group.second.errors.size() == levels.size(); })) {
        double all = 0;
        for (const auto& [workers, level] : levels) all += level.mean / numbers;
        for (auto& [number, group] : groups) {
            for (const double error : group.errors) group.mean += error / numbers;
            within -= numbers * (group.mean - all) * (group.mean - all);
        }
        within_degrees -= blocks - 1;
    }
    // Rounding alone is no lack of fit.
    constexpr double rounding = 1e-20;
    if (within_degrees < 1 || !(lack.mean_square > rounding)) return lack;
    within = std::max(within, 0.0);
    // P(F > f) is the cdf of a beta law.
    const double all = between + within;
    lack.is_sure =
        beta_cdf(0.5 * within_degrees, 0.5 * lack.degrees, within / all, between / all) < significance;
    return lack;
}

/// Least squares with neither contention nor coherence below 0: the best of the fits in which those at their bound are
/// left out (two bounds have four of them). Nothing where a worker alone would do nothing.
std::optional<Eigen::Vector3d> fit_within_bounds(const Eigen::MatrixXd& terms, const Eigen::VectorXd& ones) {
    std::optional<Eigen::Vector3d> best;
    double least = std::numeric_limits<double>::infinity();
    for (const std::vector<Eigen::Index>& free : {std::vector<Eigen::Index>{0, 1, 2}, {0, 1}, {0, 2}, {0}}) {
        const Eigen::MatrixXd kept = terms(Eigen::all, free);
        const Eigen::VectorXd found = kept.colPivHouseholderQr().solve(ones);
        if (!(found[0] > 0) || (found.array() < 0).any()) continue;
        const double squares = (ones - kept * found).squaredNorm();
        if (squares >= least) continue;
        least = squares;
        best.emplace(Eigen::Vector3d::Zero());
        for (Eigen::Index i = 0; i < found.size(); ++i) (*best)[free[static_cast<std::size_t>(i)]] = found[i];
    }
    return best;
}

}  // namespace

double Scalability::at(double workers) const {
    return rate.centre * workers /
           (1 + contention.centre * (workers - 1) + coherence.centre * workers * (workers - 1));
}

std::optional<Scalability> fit_scalability(std::span<const Throughput> measured, double level) {
    std::set<double> numbers;
    for (const Throughput& one : measured) {
        require(one.workers >= 1 && one.rate > 0, "a throughput is that of a worker at least");
        numbers.insert(one.workers);
    }
    if (numbers.size() < 4) return std::nullopt;
    const auto count = static_cast<Eigen::Index>(measured.size());
    Eigen::MatrixXd terms(count, 3);
    for (Eigen::Index i = 0; i < count; ++i) {
        const auto& [n, x, group] = measured[static_cast<std::size_t>(i)];
        terms.row(i) << x / n, x / n * (n - 1), x * (n - 1);
    }
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(count);
    if (Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(terms).rank() < 3) return std::nullopt;
    const auto fitted = fit_within_bounds(terms, ones);
    if (!fitted) return std::nullopt;
    const Eigen::Vector3d& fit = *fitted;
    const Eigen::VectorXd errors = ones - terms * fit;
    std::map<double, Level> levels;
    for (std::size_t i = 0; i < measured.size(); ++i)
        levels[measured[i].workers].errors.push_back(errors[static_cast<Eigen::Index>(i)]);
    for (auto& [workers, one] : levels)
        for (const double error : one.errors) one.mean += error / static_cast<double>(one.errors.size());
    const LackOfFit lack = lack_of_fit(measured, levels, errors);
    Covariance known = covariance_of(measured, terms, errors);
    if (lack.is_sure) {
        const Eigen::Matrix3d inverse = (terms.transpose() * terms).inverse();
        known = {lack.mean_square * inverse, lack.degrees};
    }
    const Eigen::Matrix3d& covariance = known.matrix;
    const double t = student_quantile(0.5 + 0.5 * level, known.degrees);
    // Of a function of the fit, from its gradient there.
    const auto interval = [&](double value, const Eigen::Vector3d& gradient, Range range) {
        const double error = std::sqrt(std::max(0.0, gradient.dot(covariance * gradient)));
        Estimate estimate;
        estimate.count = measured.size();
        estimate.level = level;
        estimate.centre = value;
        estimate.low = std::clamp(value - t * error, range.low, range.high);
        estimate.high = std::clamp(value + t * error, range.low, range.high);
        estimate.standard_deviation = error;
        return estimate;
    };
    const Range positive{0, std::numeric_limits<double>::infinity()};
    const double a = fit[0], b = fit[1], c = fit[2];
    Scalability law;
    if (lack.is_sure) {
        double most = 0;
        for (const auto& [workers, one] : levels) most = std::max(most, std::fabs(one.mean));
        law.off_by = most;
    }
    law.rate = interval(1 / a, {-1 / (a * a), 0, 0}, positive);
    law.contention = interval(b / a, {-b / (a * a), 1 / a, 0}, positive);
    law.coherence = interval(c / a, {-c / (a * a), 0, 1 / a}, positive);
    // The peak is at the square root of (1 - contention) / coherence = (a - b) / c.
    if (c > 0 && a > b) {
        const double peak = std::sqrt((a - b) / c);
        if (peak >= 1) {
            law.peak_workers = interval(peak, {0.5 * peak / (a - b), -0.5 * peak / (a - b), -0.5 * peak / c},
                                        {1, positive.high});
            law.peak_throughput = law.at(peak);
        }
    }
    return law;
}

}  // namespace understudy::kernel
