// How throughput scales with workers, where a study sweeps their number: the universal scalability law
// (kernel/scalability.h) of what is completed, if workers alone say how much that is. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kernel/scalability.h"
#include "models/measure.h"
#include "models/scenario.h"
#include "tools/studies/study.h"

namespace understudy::studies {

/// Workers never wait for arrivals. Without loads it is the schedules of pipelines that say how much is done.
bool is_saturated(const models::Scenario& scenario);

class ScalingSweep {
public:
    /// Of a measure over the steps of a factor; `saturated`: the base is.
    ScalingSweep(bool saturated, const models::Measure& measure, const Factor& factor);

    /// What each replication completed, in the same order for each number of workers.
    void add(double workers, std::span<const double> by_replication);
    /// Nothing where it is no throughput of workers, of fewer than four numbers of them, or where it does not fit at all.
    std::optional<kernel::Scalability> fit(double level) const;

private:
    bool tells_;
    std::vector<kernel::Throughput> measured_;
};

}  // namespace understudy::studies
