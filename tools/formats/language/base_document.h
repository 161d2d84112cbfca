// The document that a scenario is read from, made whole: with the files that it includes, the stored version that it
// takes its twin from, and the changes that are applied to it.
//
// Afterwards no other file is needed to read it, save recorded data (`logs`), whose paths are then relative to the folder
// of the scenario. Errors are shown in the file that they stand in. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/renames.h"
#include "tools/formats/language/substitution.h"
#include "tools/studies/transformation.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::formats {

struct Aside;  // rollback_reader.h

/// What is wanted of the changes, and of the twin, besides what they make of the document; each may be null.
struct Alongside {
    /// What transformations among the edits were found to do is added.
    std::vector<studies::Transformation>* transformed = nullptr;
    Aside* way_back = nullptr;                                  ///< that of the last change
    std::vector<studies::UncertainInput>* uncertain = nullptr;  ///< how sure what they set is; of all changes
    Renames* renames = nullptr;                                 ///< of all changes
    std::string* stored_twin = nullptr;  ///< the name in full of the version that `twin` names
    Node* instances = nullptr;           ///< those of templates (InstanceMaker::made())
    bool tagged = false;                 ///< what these make says of which template it is (InstanceMaker)
    /// What is wrong with what changes are rehearsed under, which no run of them minds; null: it is wrong with the document.
    std::vector<Diagnostic>* stress = nullptr;
};

/// Merges what `include` names into the root: elements of the twin, loads, profiles, logs, actions, objectives, measures
/// and parameters; paths are relative to the file that has them, and a name that is declared twice is an error. Puts
/// instances of templates in place, with what changes and `overrides` set of them, and the
/// stored version that `twin` names in its place. Applies the changes that `changes` names, then the files `more`, in
/// order, and puts actions in place of those that apply a change. Takes those keys away.
///
/// `file` and `folder`: where the root comes from. Of `overrides` those are taken away that set
/// parameters of instances; the others are for apply_overrides(). Multiples of loads are left to apply_multiples(). False where the rest
/// makes no sense without what is missing, which has been reported.
bool make_whole(Node& root, const std::string& file, const std::string& folder,
                const std::vector<std::string>& more, std::vector<std::string>& overrides,
                std::vector<LoadMultiple>& multiples, Diagnostics& out, const Alongside& alongside = {});

}  // namespace understudy::formats
