// Checks of a change in the formats that others read: JUnit for what runs tests, SARIF for what shows findings beside lines.
//
// JUnit: as the Apache Ant task writes it, one suite, one case for each check in its order; failed is a failure, skipped is
// skipped, warned passes with its text as output. SARIF 2.1.0 (OASIS 2020): one result for each check that failed (error) or
// warned (warning), one rule for each name of a check; places are relative paths as they were given. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/formats/json/validation_json.h"

namespace understudy::formats {

std::string checks_as_junit(const Validation& validation);
/// `version`: of understudy.
std::string checks_as_sarif(const Validation& validation, const std::string& version);

}  // namespace understudy::formats
