// A parameter set to a multiple of what it is: `clean.service` to `1.5x`.
//
// Not thread-safe.
#pragma once

#include <string>

#include "tools/formats/language/assignment.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// What stands at the path times the factor (multiplied.h), as assign() does; `value` is as it was written. Where nothing
/// stands there, or nothing to multiply, it is set as it was written, and whoever reads it says what it takes.
void assign_multiplied(Node& root, const std::string& path, Node value, double factor, Place where,
                       Assigned by, Diagnostics& out);

}  // namespace understudy::formats
