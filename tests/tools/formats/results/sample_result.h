// A result with something of everything, for tests of files and reports.
#pragma once

#include "tools/studies/result.h"

namespace understudy::tests {

/// A nightly pipeline and a data flow that compete for one pool: one objective met, one violated, one
/// inconclusive.
studies::RunResult sample_result();

/// `elements` tasks in a pipeline of layers, each with metrics: for reports of large runs.
studies::RunResult large_result(int elements);

}  // namespace understudy::tests
