// Which elements of a document have errors, so that the check of the meaning can leave them alone.
#pragma once

#include "models/check.h"
#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// The elements in which the errors so far lie (the deepest of a stage, pool, task, ..., an item of a list, a
/// section), the values that have them, and every word of those. A required section that is missing is unread
/// as well.
models::Unread unread_parts(const Node& root, const Diagnostics& errors);

}  // namespace understudy::formats
