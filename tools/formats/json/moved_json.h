// What moved most between the runs of a pair, as a member of the JSON of rehearse. docs/file-formats.md has its members,
// which are an interface. Pure, thread-safe.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/studies/moved.h"

namespace understudy::formats {

nlohmann::ordered_json moved_as_json(const studies::Moved& moved);

/// The inverse. Throws as members_from_json.h says.
studies::Moved moved_from_json(const nlohmann::ordered_json& object);

}  // namespace understudy::formats
