// What a study of sensitivity found, as text for a terminal. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/sensitivity.h"

namespace understudy::reports {

/// A table for each measure, factors that matter most first; `width` in characters.
std::string sensitivity_report(const studies::Study& study, const studies::SensitivityResult& result,
                               int width);

}  // namespace understudy::reports
