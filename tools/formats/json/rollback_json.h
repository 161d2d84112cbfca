// A rehearsed way back as a member of a rehearsal's JSON document (docs/file-formats.md). Pure, thread-safe.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/studies/rollback.h"

namespace understudy::formats {

nlohmann::ordered_json rollback_as_json(const studies::RollbackResult& result);

/// The inverse, for who shows it again, without its plan. Throws as members_from_json.h says.
studies::RollbackResult rollback_from_json(const nlohmann::ordered_json& object);

}  // namespace understudy::formats
