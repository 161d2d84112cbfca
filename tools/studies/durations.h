// Durations as histograms: of which a study keeps them, what one replication shows of one, and those of several together.
//
// A histogram is that of kernel/statistics.h, bucket by bucket, so that what replications have seen apart from one another
// is put together, in their order, as if one run had seen it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernel/pooled.h"
#include "models/measure.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// So many observations, weighted, from this value on to the next bucket.
struct DurationBucket {
    double low = 0, count = 0;
    friend bool operator==(const DurationBucket&, const DurationBucket&) = default;
};
/// Ascending.
using DurationHistogram = std::vector<DurationBucket>;

/// Empty where none was seen.
DurationHistogram histogram_of(const kernel::Observed& seen);

/// Of which a run has quantiles of items that last, each once: of what is promised first, then of what its scenario
/// measures, then of what is usual.
struct MeasuredDurations {
    std::vector<models::Measure> measures;
    std::size_t most_sections = kernel::most_sections;  ///< that such a run keeps of each
};
MeasuredDurations durations_of(const PreparedRun& run);

/// What the replications of one setting have shown.
struct SeenDurations {
    struct Quantity {
        std::string measure;  ///< "p(95) latency(server)"
        kernel::Sections sections;
    };
    std::string label;         ///< for people: "load=1.5x"
    double replication_s = 1;  ///< that each lasts, without its warm-up; 1 where it ends by itself
    std::int64_t replications = 0;
    std::vector<Quantity> quantities;

    SeenDurations() = default;
    explicit SeenDurations(const MeasuredDurations& of);
    /// The next replication, by quantity.
    void add(const std::vector<DurationHistogram>& of_replication);
};

}  // namespace understudy::studies
