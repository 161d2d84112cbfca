// YAML that others wrote, as a Node: what read_document refuses for our own files (empty values, duplicate keys, tags,
// tabs in text) is taken as YAML has it.
//
// Refused, with a line: what is no UTF-8, what is no YAML, aliases (a few lines of them unfold to gigabytes), several documents, more than
// 16 MiB, nesting over 64. Of a key that comes twice the last counts. Pure function, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/formats/language/document.h"

namespace understudy::formats {

struct ForeignYaml {
    Node root = Node::map();
    std::string problem;  ///< empty: it could be read
    std::int64_t line = 0;
};

ForeignYaml read_foreign_yaml(std::string_view text);

}  // namespace understudy::formats
