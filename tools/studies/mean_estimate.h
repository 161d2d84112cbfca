// The mean of one value a replication as an Estimate, for studies whose values are no measures of a run.
//
// Without values there is no mean, and with one no interval. Pure, thread-safe.
#pragma once

#include <iterator>
#include <numeric>
#include <vector>

#include "kernel/intervals.h"
#include "tools/studies/result.h"

namespace understudy::studies {

/// `values` are numbers (no NaN); the interval is that of kernel::mean_interval(), cut to `range`.
inline Estimate mean_estimate(const std::vector<double>& values, double level, kernel::Range range = {}) {
    Estimate result;
    result.level = level;
    result.replications = std::ssize(values);
    if (values.empty()) return result;
    result.value = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    if (const auto interval = kernel::mean_interval(values, level, range)) {
        result.low = interval->low;
        result.high = interval->high;
    }
    return result;
}

}  // namespace understudy::studies
