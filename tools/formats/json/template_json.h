// Templates as a JSON document, for `understudy template --json`. Pure function, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/templates.h"

namespace understudy::formats {

std::string templates_as_json(const std::vector<Template>& templates);

}  // namespace understudy::formats
