// A rehearsal as one HTML file: what is accepted, under stress, the rollout, the way back, what else differs, what moved most.
//
// A page as html_study.h says, from the answer alone, as it came from its document (rehearse_json.h). Thread-safe.
#pragma once

#include <string>

#include "tools/studies/rehearse.h"

namespace understudy::reports {

/// `digest`: what names it (tools/formats/json/rehearse_json.h).
std::string html_rehearsal(const studies::RehearsalResult& result, const std::string& digest);

}  // namespace understudy::reports
