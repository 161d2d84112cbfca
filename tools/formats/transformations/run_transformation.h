// Runs the old and the new SQL of a transformation on its sample, and says what differs.
//
// Everything that is wrong is told at its line and column: of the SQL, of a table, of the edit. Nothing else is touched: see
// sql_sandbox.h. The same files give the same answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"
#include "tools/studies/transformation.h"

namespace understudy::formats {

/// As an edit has it; paths are relative to `folder`, that of the change.
struct TransformationFiles {
    std::string task, from, to, samples, folder;
    std::vector<std::string> key;  ///< empty: rows are not compared
    double tolerance = 0;
    Place from_place, to_place, samples_place;
};

/// `root`: the document of the scenario, whose datasets say what types the columns of tables have. Nothing where there was an
/// error.
std::optional<studies::Transformation> run_transformation(const TransformationFiles& files, const Node& root,
                                                          Diagnostics& out);

}  // namespace understudy::formats
