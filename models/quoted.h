// A name of the scenario within a message.
#pragma once

#include <string>

namespace understudy::models {

inline std::string quoted(const std::string& name) { return "'" + name + "'"; }

}  // namespace understudy::models
