// Changes for a terminal: what one says and does. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/formats/json/change_json.h"

namespace understudy::reports {

/// `file`: as its next step names it.
std::string change_report(const formats::ShownChange& shown, const std::string& file);

}  // namespace understudy::reports
