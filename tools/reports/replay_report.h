// A replay for a terminal: makespans, errors per task, utilisation, what was assumed and what cannot be
// known. Made from the result alone. Thread-safe.
#pragma once

#include <string>

#include "tools/studies/replay.h"

namespace understudy::reports {

std::string replay_report(const studies::ReplayResult& result);

}  // namespace understudy::reports
