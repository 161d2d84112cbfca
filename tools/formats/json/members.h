// Members of JSON documents that several kinds of result have. Pure functions, thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "tools/studies/result.h"

namespace understudy::formats {

/// Sets a member only where there is a number.
void put(nlohmann::ordered_json& object, const char* name, std::optional<double> value);

/// Its members `estimate`, `low` and `high`, as far as they are known.
void put_estimate(nlohmann::ordered_json& object, const studies::Estimate& estimate);

}  // namespace understudy::formats
