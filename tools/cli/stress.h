// A stress test from a study to what is printed; for the verbs stress and capacity.
#pragma once

#include <string>

#include "tools/cli/study_work.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::cli {

struct StressOutput {
    bool json = false;
    std::string histograms;  ///< a file for the latencies of all levels; empty: none
};

/// Does the study by way of `work`, which has not begun, prints the report, or JSON, and returns the exit code.
/// `with_bottlenecks`: looks for what would help as well. `path`: the file that was given.
int stress(const studies::Study& study, const std::string& path, studies::StudyOptions how, StudyWork& work,
           const StressOutput& output, bool with_bottlenecks);

}  // namespace understudy::cli
