// What the tasks of a recorded run are called, so that the same task of another run is called the same: the names that import
// gives to the tasks of a twin as labels, and by which calibration finds them again. One rule for both.
//
// Of WfFormat it is the id, which is that of its workflow. Elsewhere ids are numbers of one run, so it is the name, and the
// second task of a name is "NAME #2", in the order of submissions (of starts, where there are none). An attempt after a failed
// one has the name of that one. As clean_text gives them; one of nothing is "task". Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/recorded_run.h"

namespace understudy::studies {

/// By task. Only the attempts of one task have one name.
std::vector<std::string> job_names(const models::RecordedRun& run);

}  // namespace understudy::studies
