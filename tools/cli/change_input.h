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
#include "tools/formats/transformations/transformation_inputs.h"

namespace understudy::cli {

struct ChangeInput {
    std::string file;
    std::string text;  ///< of the file, byte for byte
    formats::Change change;
    std::string base;                        ///< as scenarios are named: a path, or a version; empty: none
    std::string base_name;                   ///< as it is shown: of a version its number as well, `orders@41`
    bool stored = false;                     ///< the base is a version of a twin
    std::vector<formats::InputFile> inputs;  ///< files of its transformations
    std::string base_file_sha256;            ///< of the base's file, byte for byte; empty: it is a version
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

/// The scenario or version that the change in that file names as its base (formats::base_of); empty: it names none. Nothing
/// where it names a file of another kind, which is told where it does.
std::optional<std::string> base_named_by(const formats::ChangeReading& reading, const std::string& file);

/// The files of its transformations, each relative to the folder of the change, which is in that file.
std::vector<formats::TransformationFiles> transformations_of(const formats::Change& change,
                                                             const std::string& file);
/// Files that the transformations of a change read, which is in that file. FileError.
std::vector<formats::InputFile> inputs_of(const formats::Change& change, const std::string& file);

}  // namespace understudy::cli
