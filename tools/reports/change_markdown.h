// A change as a comment on a pull request: GitHub's Markdown, with what it touches as a Mermaid graph.
//
// Under GitHub's limits: a comment of at most 65 536 characters, a Mermaid text of at most 50 000 and few enough edges to be
// drawn; what does not fit is counted. Text of users is escaped, so that it is neither markup nor a mention. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/formats/json/validation_json.h"

namespace understudy::reports {

/// `impact` may be null: there is none where the change cannot be made.
std::string change_markdown(const formats::Validation& validation, const studies::ChangeImpact* impact);

}  // namespace understudy::reports
