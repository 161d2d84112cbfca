// What a study of sensitivity found, as one JSON document. The keys are documented in docs/sensitivity.md. Pure,
// thread-safe.
#pragma once

#include <string>

#include "tools/studies/sensitivity.h"

namespace understudy::formats {

/// With a final newline. Numbers that are not known are absent.
std::string sensitivity_as_json(const studies::Study& study, const studies::SensitivityResult& result);

}  // namespace understudy::formats
