// What a later import makes of what people have set since the one before: it takes what it says from its source again, and each
// value that this undoes is told, with who had set it in which version.
//
// Told is what an import sets, takes away or adds again, as far as it stood otherwise in the version that the last import made.
// What an import leaves as it is, and what it only adds to, is not. Elements are the same that had the same name at first
// (`twin.renamed`), or have the same label. Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/formats/catalogs/twin_changes.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// A version of the twin: what the last import made, and those after it, in order.
struct VersionSinceImport {
    std::string name;    ///< `orders@3`
    std::string author;  ///< may be empty
    std::string kind;    ///< of the change that made it; may be empty
    Node document;
};

/// Puts them into TwinUpdate::overwritten.
void find_overwritten(TwinUpdate& update, const std::vector<VersionSinceImport>& versions);

/// "check.service: set by hand in orders@2 (12min -> 20min), taken from the import again: 13min"
std::string overwritten_text(const Overwritten& one);

}  // namespace understudy::formats
