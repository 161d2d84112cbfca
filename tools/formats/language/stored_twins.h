// Stored versions of twins as the language takes them: `twin: orders@41` in a scenario, and `orders@41` where a scenario
// file is asked for.
//
// Where versions are kept is not the language's business: whoever has a store says so, once, before anything is read
// (tools/cli does). Without one, such names are refused.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/knowledge/knowledge_graph.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/text_file.h"

namespace understudy::formats {

/// A scenario as it is stored.
struct StoredText {
    std::string name;    ///< in full: `orders@41`, also of `orders@latest`
    std::string text;    ///< of a whole scenario file
    std::string folder;  ///< where relative paths in it begin
};

class StoredTwins {
public:
    virtual ~StoredTwins() = default;
    /// The version called so in the store that belongs to `folder`. The same name is the same version as long as the
    /// process lives. Throws Fault: no such version, no store. Thread-safe.
    virtual StoredText find(const std::string& name, const std::string& folder) = 0;
    /// That version, after all of its twin before it, from the first on. As find().
    virtual std::vector<models::KeptVersion> history(const std::string& name, const std::string& folder) = 0;
};

/// For all readings of this process, while none goes on; `source` outlives them. Null, as at the start: there are none.
void use_stored_twins(StoredTwins* source);

/// Whether a scenario of this path is to be looked for in the store: its last part has an '@', and
/// there is no such file.
bool names_stored_version(const std::string& path);

/// A scenario that a path leads to: a file, or a stored version.
struct ScenarioText {
    std::string text, shown, folder;
};
/// Fills `into`, or says what is wrong.
std::optional<FileProblem> read_scenario_text(const std::string& path, ScenarioText& into);

/// Where the document has `twin: NAME@VERSION`: puts the twin of that version in its place, with its parameters' values,
/// and the logs that it uses. Errors in it are shown in the version. False: there is
/// none, which is told, and what else the scenario says cannot be judged. `name_in_full`: of the
/// version, where one was taken.
bool take_stored_twin(Node& root, const std::string& folder, Diagnostics& out, std::string& name_in_full);

/// What StoredTwins::history() has of a version that was read.
std::vector<models::KeptVersion> history_of_stored(const std::string& name, const std::string& folder);

}  // namespace understudy::formats
