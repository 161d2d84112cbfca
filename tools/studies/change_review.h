// A change beside its base, looked at without a simulation: what it does to the data, whether the new twin is stable and its
// needs can be met, and what sort of change that makes it.
//
// Checks here are of scenarios that could be read and prepared; that they could is the matter of whoever reads them. Pure,
// thread-safe; milliseconds. Sources: categories by rule in schema_review.h, output_review.h and
// transformation_checks.h, stability by the traffic equations (models/analytic/traffic.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/studies/change_check.h"
#include "tools/studies/output_review.h"
#include "tools/studies/run.h"
#include "tools/studies/schema_review.h"
#include "tools/studies/transformation.h"

namespace understudy::studies {

struct ChangeReview {
    SchemaReview schema;
    std::vector<OutputFinding> outputs;
    std::vector<Transformation> transformations;
    ChangeCategory category = ChangeCategory::non_breaking;
    std::vector<std::string> why;  ///< what makes it that category
    /// needs, stability, warnings, promises, schema, outputs, then those of transformations. Without places.
    Checks checks;
};

/// `renamed_columns` as of models::schema_differences().
ChangeReview review_change(const PreparedRun& base, const PreparedRun& candidate,
                           const std::map<std::string, std::string>& renamed_columns,
                           std::vector<Transformation> transformations);

}  // namespace understudy::studies
