// A rehearsal as a comment on a pull request: GitHub's Markdown, the verdict and what was accepted first, all else folded.
//
// Under GitHub's limit of 65 536 characters; what does not fit is counted. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/rehearse.h"

namespace understudy::reports {

/// `digest`: what names it (tools/formats/json/rehearse_json.h).
std::string rehearse_markdown(const studies::RehearsalResult& result, const std::string& digest);

}  // namespace understudy::reports
