// A change, validated, and what it touches, for a terminal. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/formats/json/validation_json.h"
#include "tools/reports/text_report.h"

namespace understudy::reports {

std::string validation_report(const formats::Validation& validation, const TextOptions& look);
std::string change_impact_report(const formats::Validation& validation, const studies::ChangeImpact& impact,
                                 const TextOptions& look);

/// What formulas expect: "about 27.5 %" where that is approximate, "-" where they say nothing.
std::string expected_value(const models::Answer& answer, const std::string& unit);

}  // namespace understudy::reports
