// A rehearsal for a terminal: the verdict, what was accepted entry by entry, what else differs most, and what to do next.
//
// Made from the result alone; the same one gives the same text. Thread-safe.
#pragma once

#include <string>

#include "tools/reports/text_report.h"
#include "tools/studies/rehearse.h"

namespace understudy::reports {

/// `digest`: what names it (tools/formats/json/rehearse_json.h).
std::string rehearse_report(const studies::RehearsalResult& result, const std::string& digest,
                            const TextOptions& look);

}  // namespace understudy::reports
