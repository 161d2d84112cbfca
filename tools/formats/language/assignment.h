// A value set at a path of the document: `spark.workers`, `clean.service.mean` (a parameter of a law of one term),
// `acme.work.mean` (of a load's field), and for overrides `run.seed` and parameters by their name.
//
// What overrides (substitution.h) and the edits of changes (edits.h) have in common. Not thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// All loads together, as actions and multiples call them.
inline constexpr std::string_view all_loads = "load";

/// Who sets it: what may be named, and how messages spell it.
enum class Assigned {
    override,  ///< elements, parameters and `run`; 'spark.workers=9'
    edit,      ///< elements and parameters; '{set: spark.workers, to: 9}'
};

/// Sets it, and adds maps and keys on the way that are not there. Reports what cannot be set at `where`, which the key
/// gets as its place too; the value keeps its own.
void assign(Node& root, const std::string& path, Node value, Place where, Assigned by, Diagnostics& out);

}  // namespace understudy::formats
