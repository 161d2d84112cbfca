// How one measure differs between two runs: what comparisons of finished runs (compare.h) and rehearsals (rehearse.h)
// have in common. Internal to tools/studies.
//
// What goes in is one value a replication, or a section of them, whose mean is the estimate (MetricResult::by_section).
// Pure, thread-safe.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "kernel/comparison.h"
#include "tools/studies/result.h"

namespace understudy::studies {

/// What is compared of a metric: one value a section, or a replication.
const std::vector<double>& values_of(const MetricResult& metric);

/// Whether what was seen of one metric has values that can be compared: quantiles and the like without an interval have
/// one a replication only, of another quantity.
bool is_comparable(const MetricResult& metric);

/// Replications in each section of a run of so many: 1; 2 where an antithetic pair is one; more where neighbours were put
/// together. Found from the metric that has most of them, as what was seldom tried has none at its end.
std::size_t replications_a_section(const RunResult& run);
/// Those in each value of values_of(), of a metric of such a run.
std::size_t replications_in_each(const MetricResult& metric, std::size_t a_section);

/// Values in pairs in front, then what only one of them has; what lacks a value in a pair is left out of both.
std::pair<std::vector<double>, std::vector<double>> in_pairs(const std::vector<double>& a,
                                                             const std::vector<double>& b);

/// Of two metrics of runs that share their random numbers and saw the same, to the last bit: 0 without a width, whether
/// there is an interval of each or not. Nothing where they differ, or where no replication had data.
std::optional<kernel::Difference> no_difference(const MetricResult& baseline, const MetricResult& candidate,
                                                double level);

struct PairDifference {
    std::optional<kernel::Difference> difference;  ///< candidate less baseline; empty: too few values
    bool paired = false;                           ///< by pairs
};
/// Of comparable metrics. `of_baseline`, `of_candidate`: replications in each of their values; where one has several, as
/// many of the other are put together.
/// `paired`: replications share their random numbers; where the pairs do not tell how sure they
/// are, as of a quantile that few of them cross, it is of independent samples all the same.
PairDifference difference_of(const MetricResult& baseline, const MetricResult& candidate, bool paired,
                             double level, std::size_t of_baseline = 1, std::size_t of_candidate = 1);

}  // namespace understudy::studies
