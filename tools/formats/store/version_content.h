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

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"
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

/// A document as the text of a version.
std::string laid_out(Node root);

}  // namespace understudy::formats
