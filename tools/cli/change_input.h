// How the commands of `understudy change` take a change file: read, applied to its base, and found right in both, or what
// is wrong said.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/formats/language/change_reader.h"
#include "tools/formats/store/change_kinds.h"
#include "tools/formats/transformations/run_transformation.h"

namespace understudy::cli {

struct ChangeInput {
    std::string file;
    std::string text;  ///< of the file, byte for byte
    formats::Change change;
    std::string base;           ///< as scenarios are named: a path, or a version; empty: none
    std::string base_name;      ///< as it is shown: of a version its number as well, `orders@41`
    bool stored = false;        ///< the base is a version of a twin
    std::string inputs_sha256;  ///< of the files of its transformations, each by its name; empty: it has none
    std::string base_file_sha256;  ///< of the base's file, byte for byte; empty: it is a version
    /// Whole scenarios (version_content.h); empty without a base.
    std::string before, after;
    std::vector<formats::FoundKind> kinds;  ///< that it is found to be of; empty without a base
};

/// `base`: instead of the one that the change names; empty: that one. `project`: where relative paths in `before` and
/// `after` begin; without one, in the folder of the base. Prints problems and returns nothing if there was an error;
/// UsageError for a file that is no change.
std::optional<ChangeInput> read_change_input(const std::string& file, const std::string& base,
                                             const std::optional<std::filesystem::path>& project);

/// UsageError for what is there and no change file, FileError for what cannot be read as text.
void require_change(const std::string& file);

/// The files of its transformations, each relative to the folder of the change, which is in that file.
std::vector<formats::TransformationFiles> transformations_of(const formats::Change& change,
                                                             const std::string& file);
/// Of the files that the transformations of a change read, which is in that file; empty: it has none. FileError.
std::string inputs_sha256(const formats::Change& change, const std::string& file);

}  // namespace understudy::cli
