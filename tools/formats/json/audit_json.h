// An audit of two runs' draws, as a JSON document for programs; docs/file-formats.md lists its members.
#pragma once

#include <string>

#include "tools/formats/traces/stream_audit.h"

namespace understudy::formats {

/// `first` and `second`: what the runs are called.
std::string audit_as_json(const std::string& first, const std::string& second, const StreamAudit& audit);

}  // namespace understudy::formats
