// By what share of the baseline a candidate differs: mean of the candidate over mean of the baseline, less 1.
//
// The interval holds every share r for which mean(candidate - (1 + r) baseline) cannot be told from 0 by Student's t, so
// that it says the same of a limit as that test does (Fieller 1954, J. R. Statist. Soc. B 16:2). It has a side without
// limit where the baseline's mean cannot be told from 0. Values are finite, one a replication or section. Pure,
// thread-safe, the same bytes everywhere; how often it holds is measured in tests/kernel/relative_difference.cpp.
#pragma once

#include <optional>
#include <span>

namespace understudy::kernel {

struct RelativeDifference {
    double centre = 0;                ///< a fraction: 0.05 is five percent more
    std::optional<double> low, high;  ///< both or none
};

/// Runs under the same random numbers; of equal samples exactly 0. Empty for samples of different sizes, for fewer than
/// two pairs, and for a baseline of mean 0.
std::optional<RelativeDifference> paired_relative_difference(std::span<const double> baseline,
                                                             std::span<const double> candidate, double level);
/// Samples that share nothing, with the degrees of freedom of the smaller one alone, which is conservative.
std::optional<RelativeDifference> independent_relative_difference(std::span<const double> baseline,
                                                                  std::span<const double> candidate,
                                                                  double level);

}  // namespace understudy::kernel
