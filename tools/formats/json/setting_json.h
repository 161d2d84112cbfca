// A study's values of parameters in JSON. Pure, thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/studies/study.h"

namespace understudy::formats {

/// {path: value}; counts and factors as numbers, all else as it is written.
nlohmann::ordered_json values_as_json(const studies::Study& study, const std::vector<std::string>& values);

}  // namespace understudy::formats
