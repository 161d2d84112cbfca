// The JSON Schema (draft-07) of what `--json` prints, by verb: scenarios/schema/output.schema.json, which is made of the
// tables of docs/file-formats.md (tests/output_schema.py). The tests of the program hold all that it prints against it.
#pragma once

#include <string>
#include <vector>

namespace understudy::formats {

/// Those that have one, in order of their names: `run`, `twin show`.
std::vector<std::string> verbs_of_output();

/// Of all verbs, each under `definitions`; of one of them alone, with what it refers to. UTF-8, ends with a newline.
std::string output_schema();
std::string output_schema(const std::string& verb);

}  // namespace understudy::formats
