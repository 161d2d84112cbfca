// Actions that apply a change on the way (`{at: 6h, apply: more-workers.yaml}`), as the actions that they stand for: one
// that sets for each edit of the change, at the same time, undone after the same time.
//
// What an action can set is what can change while a simulation goes on; edits that add, remove, rename or transform are
// refused, each where it stands in the change. Not thread-safe.
#pragma once

#include <string>

#include "tools/formats/language/document.h"

namespace understudy::formats {

/// `folder`: what paths of changes are relative to.
void spread_applied_changes(Node& root, const std::string& folder, Diagnostics& out);

}  // namespace understudy::formats
