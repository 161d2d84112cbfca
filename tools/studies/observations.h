// What tells how sure a mean is: one value for each that is independent of the others. Internal to tools/studies.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "kernel/intervals.h"
#include "tools/studies/seen.h"

namespace understudy::studies {

/// Means over as many neighbours as are together, the last over those that are left; NaN where none has data.
std::vector<double> means_of_neighbours(const std::vector<double>& values, std::size_t together);

/// Without the NaN of those that had none.
std::vector<double> with_data(const std::vector<double>& values);

/// Of a mean: its values by section, replication or antithetic pair, and what corrects them.
struct Observations {
    std::vector<double> values;                 ///< of those with data
    std::vector<std::vector<double>> controls;  ///< of the same
    std::vector<std::size_t> places;            ///< which ones those are
    std::size_t all = 0;

    /// kernel::mean_interval(), or that with controls.
    std::optional<kernel::Estimate> interval(double confidence, kernel::Range range) const;
    /// What remains of each once it is corrected; NaN where there was no data.
    std::vector<double> by_section() const;
};
Observations observations(const Seen& seen);

}  // namespace understudy::studies
