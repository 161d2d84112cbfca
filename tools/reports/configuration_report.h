// What a scenario is set to as a table: path, value, origin. Long values are cut. Pure function, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/configuration.h"

namespace understudy::reports {

std::string configuration_report(const std::vector<formats::Setting>& settings, int width);

}  // namespace understudy::reports
