// A stress test from a study to what is printed; for the verbs stress and capacity.
#pragma once

#include <string>

#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::cli {

struct StressOutput {
    bool json = false;
    std::string result;      ///< a file for the answer and what it stands on; empty: none
    std::string histograms;  ///< a file for the latencies of all levels; empty: none
};

/// Prints the report, or JSON, and returns the exit code. `with_bottlenecks`: looks for what would help as well. `path`: the
/// file that was given.
int stress(const studies::Study& study, const std::string& path, studies::StudyOptions how,
           const StressOutput& output, bool with_bottlenecks);

}  // namespace understudy::cli
