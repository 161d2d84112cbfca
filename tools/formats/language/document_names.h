// What things of a document are called in a later one of the same twin: those that have another name by now go by the name that
// they had at first (`twin.renamed`). Pure, thread-safe.
#pragma once

#include "tools/formats/language/document.h"
#include "tools/studies/counterparts.h"

namespace understudy::formats {

/// Elements, tasks and streams; profiles are known by their present names alone.
studies::Counterparts counterparts_of(const Node& before, const Node& now);

}  // namespace understudy::formats
