// --input-uncertainty: which inputs of a scenario are uncertain, by the changes that it was made with.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::cli {

/// Those of `reading`'s changes, and before them those in the history of the stored version that `path` is or takes its
/// twin from, as far as they still have the fitted value; says on stderr which of them cannot be drawn anew. Where none is
/// left that is a UsageError.
std::vector<studies::UncertainInput> uncertain_inputs(const std::string& path,
                                                      const formats::ScenarioReading& reading);

}  // namespace understudy::cli
