// What text and pages say of a setting that a study weighs. Internal to tools/reports. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "tools/studies/candidate.h"
#include "tools/studies/cheapest.h"
#include "tools/studies/study.h"

namespace understudy::reports {

/// "spark.workers 11, loader.workers 2"
std::string setting_words(const studies::Study& study, const std::vector<std::string>& values);
/// "9 EUR/h"
std::string cost_words(double cost, const std::string& unit);
/// "6.173 min (6.149 to 6.2)"
std::string seen_of(const studies::Candidate::Promise& promise);
/// What decided: the promise that is broken, or the formula.
std::string why_words(const studies::Candidate& candidate);
/// What stands above the proof; empty: there is none.
std::string proof_words(const studies::CheapestResult& result);
/// "36 settings of 2 parameters, 310 replications, 95% confidence, seed 42"
std::string basis_words(const studies::CheapestResult& result, std::size_t parameters);

}  // namespace understudy::reports
