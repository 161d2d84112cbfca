// Checks of a change, or of its rehearsal, in the formats that others read: JUnit for what runs tests, SARIF for what shows
// findings beside lines.
//
// JUnit: as the Apache Ant task writes it, one suite, one case for each check in its order; failed is a failure; skipped is
// skipped, and so is what is warned of, as nobody shows a case that passes. SARIF 2.1.0 (OASIS 2020): one result for each
// check that failed (error) or warned (warning), one rule for each name of a check; places are relative paths as they were
// given. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/change_check.h"

namespace understudy::formats {

/// `of`: the change's name, or what was checked else.
std::string checks_as_junit(const studies::Checks& checks, const std::string& of);
/// `file`: what is looked at where a check has no place. `version`: of understudy.
std::string checks_as_sarif(const studies::Checks& checks, const std::string& file,
                            const std::string& version);

}  // namespace understudy::formats
