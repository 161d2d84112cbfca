// What text and page both say of uncertain demand. Internal to tools/reports. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "tools/studies/demand.h"
#include "tools/studies/study.h"

namespace understudy::reports {

/// "5 settings of 1 parameter in 3 cases, 277 replications, 95% confidence, seed 42"
std::string basis_words(const studies::Study& study, const studies::DemandResult& result);
/// "3.2 EUR/h"; "no price"; "not known".
std::string price_words(const std::optional<double>& value, const std::string& unit);
/// One where it costs the same in all cases: "9 EUR/h", "8 to 9 EUR/h".
std::string cost_words(const studies::DemandResult::Choice& choice, const std::string& unit);
/// Of a choice in a case, without the unit: "3.2", "broken, 6.8", "broken", "not known", "kept".
std::string regret_words(const studies::DemandResult::Choice& choice, std::size_t in_case);

}  // namespace understudy::reports
