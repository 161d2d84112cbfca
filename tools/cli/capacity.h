// A study of any method from what was read to its answer; for the verbs capacity and merge.
#pragma once

#include "tools/cli/command.h"
#include "tools/studies/study.h"

namespace understudy::cli {

void add_capacity_options(Options& options);

/// Does the study as `options` say, which have those of add_capacity_options(); what of them is about the study itself,
/// as --seed and --set, was heeded as it was read. Prints the report and returns the exit code. Throws UsageError and
/// FileError.
int capacity(const studies::Study& study, const Options& options);

}  // namespace understudy::cli
