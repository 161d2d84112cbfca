// What a scenario is set to as a JSON document, for `understudy config show --json`. Pure function, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/configuration.h"

namespace understudy::formats {

std::string configuration_as_json(const std::vector<Setting>& settings);

}  // namespace understudy::formats
