// A rollout in steps as a member of the JSON of `rehearse`; docs/file-formats.md has the fields. Internal to
// tools/formats/json.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/studies/canary.h"

namespace understudy::formats {

nlohmann::ordered_json canary_as_json(const studies::CanaryResult& result);

/// The inverse, for who shows it again, without its plan. Throws as members_from_json.h says.
studies::CanaryResult canary_from_json(const nlohmann::ordered_json& object);

}  // namespace understudy::formats
