// What a sync has done, for people.
#pragma once

#include <string>

#include "tools/formats/json/sync_json.h"

namespace understudy::reports {

/// `width`: of the terminal; 0: no limit.
std::string sync_report(const formats::Synced& synced, int width);

}  // namespace understudy::reports
