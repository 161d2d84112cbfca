// What a study says of which parameters matter, from the study to what is printed; for the verbs sensitivity and capacity.
#pragma once

#include "tools/cli/command.h"
#include "tools/studies/study.h"

namespace understudy::cli {

/// Does the study as `options` say, which have those of add_study_options() and StudyWork and `json`; prints the report and
/// returns the exit code. Throws UsageError and FileError.
int sensitivity(const studies::Study& study, const Options& options);

}  // namespace understudy::cli
