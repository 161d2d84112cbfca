// How far two distributions are from each other: the Wasserstein distance of order 1, also called the earth mover's.
//
// Of distributions on a line it is the area between their distribution functions, in the unit of the values: the mean way
// that mass has to go (Vallender 1974, Theory of Probability and its Applications 18:4). Pure; thread-safe.
#pragma once

#include <utility>
#include <vector>

namespace understudy::kernel {

/// Values with their weights, in any order; weights of at least 0, whatever their sum.
using WeightedValues = std::vector<std::pair<double, double>>;

/// Both with a positive sum of weights; std::invalid_argument else.
double wasserstein_distance(WeightedValues a, WeightedValues b);

/// The value that `share` of the weight is not above; as above.
double weighted_quantile(WeightedValues values, double share);

}  // namespace understudy::kernel
