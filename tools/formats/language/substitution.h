// Edits of a document before it is read: overrides (`--set NAME.key=VALUE`) and parameters (`$(NAME)`).
//
// Both report to `out`; an override's errors are shown with the override as their place. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/document.h"

namespace understudy::formats {

/// `spark.workers=9`, `run.seed=7`, `partitions=24` (a parameter), `dbt.stg.service=30s`. The value is what
/// would stand in the file; `clean.service.mean=5s` reaches into a law of one term, and `acme.work.mean=1s` into that
/// of a load's field.
void apply_overrides(Node& root, const std::vector<std::string>& overrides, Diagnostics& out);

/// Replaces $(NAME) in every value by the parameter, and takes the section away.
void substitute_parameters(Node& root, Diagnostics& out);

}  // namespace understudy::formats
