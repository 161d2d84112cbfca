// How throughput grows with the number of workers: the universal scalability law, fitted.
//
//     X(N) = rate N / (1 + contention (N - 1) + coherence N (N - 1))       (Gunther 2007, Guerrilla Capacity Planning,
//                                                                           eq. 4.31)
// `rate` is what one worker does alone, `contention` the share of its work that only one can do at a time, `coherence`
// what each pair costs in agreeing. Where coherence is positive, throughput has a peak and falls behind it.
//
// N / X is linear in (1, N - 1, N (N - 1)); it is fitted by least squares of relative errors, so that a measurement of a
// large throughput counts no more than one of a small. Intervals are Student's, from the covariance of the fit (delta
// method): of n independent measurements with n - 3 degrees of freedom; of measurements in groups that depend on one
// another, as those of one replication do, from what the groups differ (Liang and Zeger 1986, Biometrika 73:1), with one
// less than their number. Contention and coherence are not negative: where free ones would be, the fit is the best
// with those at 0, and their intervals begin there.
//
// Where a number of workers is measured several times, that tells error from lack of fit: Fisher's F of how far the
// means lie from the law against what measurements of one number differ, in blocks where they come in groups (Draper and
// Smith 1998, Applied Regression Analysis, 2.1). Where that says that the law does not hold (1 %), intervals are made
// from the distances of the means, with their number less 3 degrees of freedom: no number of replications makes a law
// true. Coverage: tests/kernel/scalability.cpp. Pure functions, thread-safe.
#pragma once

#include <optional>
#include <span>

#include "kernel/intervals.h"

namespace understudy::kernel {

struct Throughput {
    double workers = 1;  ///< at least 1; need not be whole
    double rate = 0;     ///< positive
    int group = -1;      ///< that it belongs to; below 0: none, it is independent of all others
};

struct Scalability {
    Estimate rate, contention, coherence;
    std::optional<Estimate> peak_workers;  ///< where throughput is largest; none where it only grows
    std::optional<double> peak_throughput;
    /// How far, at most, the mean of the measurements of one number of workers lies from the law, as a share of the law;
    /// where that is more than chance. Absent: nothing is known against the law.
    std::optional<double> off_by;
    double at(double workers) const;
};

/// All in groups, or none. Empty for fewer than four numbers of workers, or where the measurements do not lie near any
/// such law (rate not positive).
std::optional<Scalability> fit_scalability(std::span<const Throughput> measured, double level);

}  // namespace understudy::kernel
