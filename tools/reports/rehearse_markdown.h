// A rehearsal as a comment on a pull request: GitHub's Markdown, the verdict and what was accepted first, then what
// the change does and touches, all else folded.
//
// Under GitHub's limit of 65 536 characters; what does not fit is counted. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/rehearse.h"

namespace understudy::reports {

/// `digest`: what names it (tools/formats/json/rehearse_json.h). `change`: what it does and touches (change_markdown.h);
/// empty: it is none.
std::string rehearse_markdown(const studies::RehearsalResult& result, const std::string& digest,
                              const std::string& change = "");

}  // namespace understudy::reports
