// A models::Scenario as a canonical scenario file: what a person would have written, defaults left out.
//
// The file reads back to the same value; writing it again gives the same bytes. Sections are in blocks, an
// element (a task of thousands too) has one line. What the file had and the value does not know is not
// written: comments, parameters (their values stand in their place), a pipeline's `defaults` (its tasks have
// them). Recorded columns are written as references, so the logs have to stay where they are. Pure function,
// thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/scenario.h"

namespace understudy::formats {

/// `comments`: lines for the top, without the '# '.
std::string write_scenario(const models::Scenario& scenario, const std::vector<std::string>& comments = {});

/// A legal name for a scenario that comes from a file: "trace-2024.csv.gz" gives "trace-2024".
std::string name_after(const std::filesystem::path& file);

}  // namespace understudy::formats
