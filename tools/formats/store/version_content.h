// What a version of a twin holds: a whole scenario, as a text that is the same however the file was laid out.
//
// The document of the file with its parameters, with comments and spacing gone. A stored twin that it names, what it
// includes and the changes that it applies are put in their place, so that the version stands by itself. Relative paths (of
// logs and contracts) begin in the folder of the project; what they lead to is not kept. Nothing throws for what is in a
// file. Thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/initial_state.h"
#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/stored_twins.h"

namespace understudy::formats {

struct VersionContent {
    std::optional<std::string> text;  ///< empty: there was an error
    std::string
        kind;  ///< of a twin that begins with it: `product` where it is contracts alone, `pipeline` where there are none but pipelines
    bool settled =
        false;  ///< parameters have their values where they are used, and are no parameters any more
    Diagnostics diagnostics;
};

struct ContentOptions {
    /// Where relative paths are to begin. A path that leads out of it is an error; without one they stay as they are,
    /// relative to the file's folder.
    std::optional<std::filesystem::path> project;
    std::vector<std::string> changes;  ///< files, applied in order
    bool settle =
        false;  ///< parameters in any case; else where something multiplies what they may be part of
    std::vector<std::string> overrides = {};  ///< as after --set, applied last
};

/// Of a scenario file, or of a stored version. What is wrong with the scenario itself is for read_scenario_file() to say:
/// here it is taken as right.
VersionContent read_version_content(const std::string& path, const ContentOptions& options);
/// The same of a text.
VersionContent version_content(const ScenarioText& file, const ContentOptions& options);

/// A version's text as a scenario file in another folder of the machine.
std::string as_scenario_file(const std::string& text, const std::filesystem::path& project,
                             const std::filesystem::path& folder);

/// A version's text with that state instead of its own; with none where it is empty.
std::string with_state(const std::string& text, const models::InitialState& state);
/// What a version's text says of its state and when it holds; the same for the same state, empty where there is none.
std::string state_in(const std::string& text);
/// A version's text whose run begins at that instant, in the words of the language.
std::string with_start(const std::string& text, const std::string& start);

// The present of a twin is its state and when that holds: `state`, `as_of`, and, where there are any, the `start` of the run,
// from which `as_of` counts. It is what snapshots and syncs move on, and what changes to the twin leave as it is.

/// A version's text with the present that another version's text has, which may be none.
std::string with_present_of(const std::string& text, const std::string& other);
bool same_but_for_the_present(const std::string& text, const std::string& other);
/// Whether what was made of `before` has another present.
bool moves_the_present(const std::string& before, const std::string& made);
/// What was made of `before`, as made of `latest`: with the present that is there now. Nothing where more than the present
/// has changed in between, or what was made has a present of its own.
std::optional<std::string> made_of_latest(const std::string& before, const std::string& made,
                                          const std::string& latest);

}  // namespace understudy::formats
