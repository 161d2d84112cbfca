// An audit of two runs' draws for a terminal: what it comes to, the streams that differ, and examples.
//
// Made from the audit alone; the same one gives the same text. Thread-safe.
#pragma once

#include <string>

#include "tools/formats/traces/stream_audit.h"

namespace understudy::reports {

struct AuditLook {
    int width = 80;
    bool all = false;  ///< also a line for each stream that is the same in both
};

/// `first` and `second`: what the runs are called.
std::string audit_report(const std::string& first, const std::string& second,
                         const formats::StreamAudit& audit, const AuditLook& look = {});

}  // namespace understudy::reports
