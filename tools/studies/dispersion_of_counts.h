// How much counts of arrivals vary, beside those of Poisson arrivals, whose variance is their mean. Internal to
// tools/studies; pure.
#pragma once

#include <utility>
#include <vector>

namespace understudy::studies {

/// Arrivals that are counted at a time.
inline constexpr double arrivals_a_window = 20;

/// Variance over mean of counts in windows of equal length, about twenty arrivals each, and its degrees of freedom. `logs`:
/// the gaps of each.
std::pair<double, double> dispersion_of_counts(const std::vector<std::vector<double>>& logs);

/// More, at 1 percent, than arrivals whose counts vary so much usually would by chance.
bool varies_more(double dispersion, double usual, double degrees);

}  // namespace understudy::studies
