// A replay as one JSON document, for `--json`. docs/file-formats.md has the members, which are an interface;
// what is not known is left out, so that no number is null. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/replay.h"

namespace understudy::formats {

std::string replay_as_json(const studies::ReplayResult& result);

}  // namespace understudy::formats
