// A scenario read with a change, telling besides what is wrong in which step it was found, and what the transformations of the
// change were found to do. For those who say what a change would do; a run needs no more than scenario_reader.h.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/transformation.h"

namespace understudy::formats {

/// In which step of reading a problem was found.
enum class ReadingStep {
    edits,           ///< the change, applied
    transformation,  ///< its SQL and samples
    configuration,   ///< keys and values
    graph,           ///< names, cycles and what else the elements make together
    needs,           ///< what work needs of pools and budgets
    objectives,
    stress,  ///< what it is rehearsed under; no scenario is empty for it
};

struct FoundProblem {
    ReadingStep step = ReadingStep::edits;
    Diagnostic diagnostic;
    std::string place;  ///< `file:line:column`
};

struct ChangedReading {
    std::optional<models::Scenario> scenario;  ///< empty if there was any other error
    std::vector<FoundProblem> problems;        ///< warnings as well; by step, then place
    std::vector<studies::Transformation> transformations;
};

/// As read_scenario_file(): `base` is a file or a stored version, `change` a change file.
ChangedReading read_changed_scenario(const std::string& base, const std::string& change);

}  // namespace understudy::formats
