// JSON Schema (draft-07) of the scenario language, made from the table of keys, so that editors complete and
// check.
//
// It checks keys, required keys, enumerations and the shape of strings; references, sums, cycles and
// dimensions are the reader's. Keys that this version does not do are in it and say so. Pure functions,
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::formats {

/// The kinds of files there is a schema for: "scenario", "change", "study", "template", "policy".
const std::vector<std::string>& schema_kinds();

/// The schema of a kind of file as indented JSON with a newline at its end.
std::string write_schema(std::string_view kind);

}  // namespace understudy::formats
