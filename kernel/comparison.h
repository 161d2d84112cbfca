// How settings differ: two of them in pairs or on their own, several beside the best.
//
// One number a replication goes in; values must be finite; `level` is the two-sided confidence in (0, 1). What
// cannot be said is an empty optional. The coverage of each is measured in tests/kernel/comparison.cpp. Pure
// functions, thread-safe, the same bytes everywhere.
//
// Sources: independent samples, Welch 1947 (Biometrika 34:1-2) with Satterthwaite's degrees of freedom; comparison
// with the best from simultaneous pairwise intervals, Hsu 1984 (Annals of Statistics 12:3); these by Bonferroni, which
// holds whatever the dependence between the settings (Law 2015, Simulation Modeling and Analysis, 10.4).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kernel/intervals.h"

namespace understudy::kernel {

/// Candidate less baseline.
struct Difference {
    Estimate estimate;
    double variance_ratio =
        1;  ///< variance of independent runs over that of the pairs; above 1 pairing has helped,
            ///< infinite where all differences are equal; 1 for samples that are no pairs
    double correlation = 0;  ///< between the two; 0 where one of them never varies, and for no pairs
    enum class Order { candidate_lower, undecided, candidate_higher };
    Order order = Order::undecided;  ///< decided where 0 lies outside the interval
};

/// For runs under the same random numbers: the values at one place are a pair, what one has more than the other stands
/// alone. The centre is the difference of the means of all. Of samples of one size this is the paired t, and equal
/// samples differ by exactly 0. Empty for fewer than two pairs.
std::optional<Difference> paired_difference(std::span<const double> baseline,
                                            std::span<const double> candidate, double level);
/// As many pairs as tell apart as much as these do: those that differ in the same way count little beside a few that do
/// not. Small where a difference of quantiles hangs on the few that cross them; 0 where all differ in the same way.
double telling_pairs(std::span<const double> baseline, std::span<const double> candidate);
/// Of samples that share nothing; empty where one has fewer than two values.
std::optional<Difference> independent_difference(std::span<const double> baseline,
                                                 std::span<const double> candidate, double level);

/// Of two quantities that share nothing, from the intervals that each has by itself: the variances recovered from their
/// limits add up (Zou and Donner 2008, Statistics in Medicine 27:10). Holds at their common level.
Difference difference_of_intervals(const Estimate& baseline, const Estimate& candidate);

/// The level of each of `count` intervals that are all to hold at `level` together.
double each_of(double level, std::size_t count);

/// How a setting compares with the best of the others.
struct Standing {
    double low = 0, high = 0;  ///< its value less that of the best of the others
    enum class Place { best, undecided, not_best };
    Place place = Place::undecided;
};
/// One for each setting, all to hold together. `differences[i][j]` is the interval of setting i less setting j (i not
/// j), of which all hold together (each_of). A setting is the best where it is better than each other one.
std::vector<Standing> compare_with_best(const std::vector<std::vector<Estimate>>& differences,
                                        bool lower_is_better);

}  // namespace understudy::kernel
