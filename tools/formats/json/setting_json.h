// The settings of a study in JSON: the values of its parameters, and what is known of one. Pure, thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/studies/candidate.h"
#include "tools/studies/study.h"

namespace understudy::formats {

/// {path: value}; what is the number as it is written as a number, all else as text.
nlohmann::ordered_json values_as_json(const studies::Study& study, const std::vector<std::string>& values);

/// {values, cost, verdict, reason, why, replications, objectives}; values only where it has them.
nlohmann::ordered_json candidate_as_json(const studies::Study& study, const studies::Candidate& candidate);

/// [{text, verdict, unit, limit, estimate, low, high}]
nlohmann::ordered_json promises_as_json(const std::vector<studies::Candidate::Promise>& promises);

}  // namespace understudy::formats
