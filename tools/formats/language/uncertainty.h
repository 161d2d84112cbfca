// How sure fitted parameters are: `uncertainty` of a change, by path.
//
//     uncertainty:
//       scan.service: {family: gamma, n: 150}
//       scan.failure: {n: 150}
//       scan.retry.backoff.2: {family: exponential, n: 15}
//       sheets_day: {n: 900, weekends: 120}
//       print.service: {family: gamma, n: 40, or: {family: weibull, law: weibull(shape 1.4 scale 22s), share: 31%}}
//
// A path is one that an edit of the same change sets or adds, or a part of what it sets: what is uncertain is the value that
// stands there. `family` and `n`: a law, and of how many values it was fitted; `or`: how often it is one of another family;
// `n` alone: a share of so many attempts, a law of so many values with a share each, a rate or a profile of so many arrivals,
// of which `weekends` came on weekends; `spread`: a law whose mean is known so well. What was fitted together has a name in
// place of a path:
//
//       overheads:
//         numbers: {each_level: {value: 15, error: 1.2}, each_task: {value: 2, error: 0.1, correlations: [-0.8]}}
//         degrees: 6
//         makes: {run.defaults.delay: {each_level: 1}, hpc.launch: {each_task: 1}}
//
// Not thread-safe, as readings are.
#pragma once

#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/edits.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/renames.h"
#include "tools/studies/counterparts.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::formats {

/// Errors go to the reading.
std::vector<studies::UncertainInput> read_uncertainty(Reading& reading, const Node& node,
                                                      const std::vector<Edit>& edits);

/// The law of its rival, which it has.
std::string rival_law(const studies::UncertainInput& input);

/// As it is read.
Node uncertainty_node(const std::vector<studies::UncertainInput>& inputs);

/// Later ones take the place of earlier ones of the same path or name. Draws of no two go by one path.
void put_uncertain(std::vector<studies::UncertainInput> later, std::vector<studies::UncertainInput>& all);

/// By the names that things were given since: a new name sets no value.
void follow_renames(const Renames& renames, std::vector<studies::UncertainInput>& inputs);
void follow_renames(const studies::Counterparts& names, std::vector<studies::UncertainInput>& inputs);

/// Leaves those of which the scenario has what was fitted, and not what somebody has set since; of what was fitted together
/// those paths.
void keep_as_fitted(const models::Scenario& scenario, std::vector<studies::UncertainInput>& inputs);

}  // namespace understudy::formats
