// What transformations of a change read, as one digest: an approval is bound to the SQL and the samples, too. Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tools/formats/transformations/run_transformation.h"

namespace understudy::formats {

/// The SQL files and all tables of the samples, in the order of the list; those of a folder that cannot be read are left out.
std::vector<std::filesystem::path> files_of_inputs(const std::vector<TransformationFiles>& all);

/// SHA-256 over the names and the bytes of the SQL files and of all tables of the samples, in the order of the list; empty
/// for an empty list. FileError where one cannot be read.
std::string sha256_of_inputs(const std::vector<TransformationFiles>& all);

}  // namespace understudy::formats
