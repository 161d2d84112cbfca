// Requests and the log of changes for a terminal. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/json/approval_json.h"

namespace understudy::reports {

/// A request as it stands, with what to do next.
std::string request_report(const formats::JudgedRequest& request);
std::string request_list(const std::vector<formats::JudgedRequest>& requests, int width);
/// The last entry first.
std::string change_log_report(const formats::CheckedLog& log, int width);

}  // namespace understudy::reports
