#include "kernel/scalability.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

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
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> decomposed(terms);
    if (decomposed.rank() < 3) return std::nullopt;
    const Eigen::Vector3d fit = decomposed.solve(ones);
    if (!(fit[0] > 0)) return std::nullopt;
    const auto [covariance, degrees] = covariance_of(measured, terms, ones - terms * fit);
    const double t = student_quantile(0.5 + 0.5 * level, degrees);
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
    law.rate = interval(1 / a, {-1 / (a * a), 0, 0}, positive);
    law.contention = interval(b / a, {-b / (a * a), 1 / a, 0}, positive);
    law.coherence = interval(c / a, {-c / (a * a), 0, 1 / a}, positive);
    law.contention.centre = std::max(0.0, law.contention.centre);
    law.coherence.centre = std::max(0.0, law.coherence.centre);
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
