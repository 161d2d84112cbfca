// A stress test from a study to what is printed; for the verbs stress and capacity.
#pragma once

#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::cli {

/// Prints the report, or JSON, and returns the exit code. `with_bottlenecks`: looks for what would help as well.
int stress(const studies::Study& study, studies::StudyOptions how, bool json, bool with_bottlenecks);

}  // namespace understudy::cli
