// From a path of models::Problem ("twin.stages.ingest.reads", "objectives.0") to its place in the document.
#pragma once

#include <string_view>

#include "tools/formats/language/document.h"

namespace understudy::formats {

/// The place of the deepest part of the path that the document has: a value's own, or a key's where the value
/// is a map. Names may hold dots; entries of lists are numbers from 0.
/// Where that is one text in which `word` stands, the place of the word.
Place place_of_path(const Node& root, std::string_view path, std::string_view word = {});

}  // namespace understudy::formats
