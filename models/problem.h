// Something wrong or doubtful in what a user gave, with its place in their terms.
//
// `path` names the place as the document has it ("twin.stages.ingest.service"); the reader of the file knows
// the line and column behind it. A message says what is wrong, a hint what to do.
#pragma once

#include <string>
#include <vector>

namespace understudy::models {

struct Problem {
    enum class Severity { error, warning };
    Severity severity = Severity::error;
    std::string path;
    std::string message;
    std::string hint;  ///< may be empty
};

using Problems = std::vector<Problem>;

}  // namespace understudy::models
