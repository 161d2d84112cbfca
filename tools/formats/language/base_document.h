// The document that a scenario is read from, made whole: with the files that it includes, and with the changes that are
// applied to it.
//
// Afterwards no other file is needed to read it, save recorded data (`logs`), whose paths are then relative to the folder
// of the scenario. Errors are shown in the file that they stand in. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/document.h"
#include "tools/formats/language/substitution.h"

namespace understudy::formats {

/// Merges what `include` names into the root, and takes the key away: elements of the twin, loads, profiles, logs,
/// actions, objectives, measures and parameters. Paths are relative to the file that has them; a name that is declared
/// twice is an error. `folder` and `file`: where the root comes from.
void merge_includes(Node& root, const std::string& file, const std::string& folder, Diagnostics& out);

/// Applies the changes that `changes` names, then those of these files, in order, and takes the key away.
void apply_changes(Node& root, const std::string& folder, const std::vector<std::string>& more,
                   std::vector<LoadMultiple>& multiples, Diagnostics& out);

}  // namespace understudy::formats
