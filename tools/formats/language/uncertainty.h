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
// stands there. `family` and `n`: a law, and of how many values it was fitted; `or`: how often it is one of another family; `n` alone: a share of so many attempts, a law
// of so many values with a share each, a rate or a profile of so many arrivals, of which `weekends` came on weekends;
// `spread`: a law whose mean is known so well. Not thread-safe, as readings are.
#pragma once

#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/edits.h"
#include "tools/formats/language/map_reader.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::formats {

/// Errors go to the reading.
std::vector<studies::UncertainInput> read_uncertainty(Reading& reading, const Node& node,
                                                      const std::vector<Edit>& edits);

/// The law of its rival, which it has.
std::string rival_law(const studies::UncertainInput& input);

/// As it is read.
Node uncertainty_node(const std::vector<studies::UncertainInput>& inputs);

/// Later ones take the place of earlier ones of the same path.
void put_uncertain(std::vector<studies::UncertainInput> later, std::vector<studies::UncertainInput>& all);

/// Does the scenario have what was fitted, and not what somebody has set since?
bool is_as_fitted(const models::Scenario& scenario, const studies::UncertainInput& input);

}  // namespace understudy::formats
