// --input-uncertainty: which inputs of a scenario are uncertain, by the changes that it was made with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/cli/command.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/rehearse.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::cli {

/// --input-uncertainty and --input-draws; `of_draws`: what the latter says.
void add_input_options(Options& options, const char* of_draws);
/// Whether they are asked for; UsageError for draws alone.
bool asks_for_inputs(const Options& options);
/// --input-draws, at least `fewest`, the usual number (or `fewest`) where it is not given.
std::int64_t input_draws_from(const Options& options, std::int64_t fewest);

/// Those of `reading`'s changes, and before them those in the history of the stored version that `path` is or takes its
/// twin from, as far as they still have the fitted value; says on stderr which of them cannot be drawn anew. Where none is
/// left that is a UsageError.
std::vector<studies::UncertainInput> uncertain_inputs(const std::string& path,
                                                      const formats::ScenarioReading& reading);

/// Of both sides of a pair, read from these; UsageError where none is left in either.
studies::PairOfInputs uncertain_inputs_of_pair(const std::string& baseline,
                                               const formats::ScenarioReading& first,
                                               const std::string& candidate,
                                               const formats::ScenarioReading& second);

}  // namespace understudy::cli
