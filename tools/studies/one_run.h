// A run of one replication: whether its averages have an interval of its own course (kernel/batch_means.h).
//
// They have where the run is one stretch of a steady state: it has a length, nothing changes over time but by chance, and
// no more work arrives than can be done. It is followed in parts then. Internal to tools/studies. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "tools/studies/run.h"

namespace understudy::studies {

/// Of a run of one replication: empty where its averages may have an interval, else why they have none. Empty of others,
/// and where a precision makes more.
std::string why_not_in_parts(const PreparedRun& prepared);

/// How many parts the run's only replication is followed in; 0: it is not, or there are more.
std::size_t parts_of(const PreparedRun& prepared);

/// RunResult::interval_reason.
std::string interval_reason(const PreparedRun& prepared);

}  // namespace understudy::studies
