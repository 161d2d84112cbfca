// What transformations of a change read, each file with its digest and all with one: an approval is bound to the SQL and the samples, too. Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tools/formats/transformations/run_transformation.h"

namespace understudy::formats {

/// The SQL files and all tables of the samples, in the order of the list; those of a folder that cannot be read are left out.
std::vector<std::filesystem::path> files_of_inputs(const std::vector<TransformationFiles>& all);

/// One that was read: the SHA-256 of its bytes, and its name as the change has it.
struct InputFile {
    std::string sha256, name;
};

/// The SQL files and all tables of the samples, in the order of the list. FileError where one cannot be read.
std::vector<InputFile> read_inputs(const std::vector<TransformationFiles>& all);

/// SHA-256 over a line of each, as sha256sum has them; empty of none.
std::string sha256_of_inputs(const std::vector<InputFile>& all);

}  // namespace understudy::formats
