// What `understudy twin` tells, as JSON (docs/file-formats.md has the members). Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/initial_state.h"
#include "tools/formats/store/store.h"
#include "tools/formats/store/store_check.h"
#include "tools/formats/store/version_diff.h"
#include "tools/formats/store/version_summary.h"

namespace understudy::formats {

std::string twins_as_json(const std::vector<StoredTwin>& twins);
/// What made a version that no change file has made.
struct VersionOrigin {
    std::string action;  ///< of its record: `create`, `update`
    std::string from;    ///< the version before; empty: there is none
    std::vector<ElementDifference> differences;
};

/// Of a version: what is to be part of it besides what is said of it always.
struct VersionParts {
    std::optional<std::string> text, change;
    std::optional<VersionOrigin> origin;
    std::optional<models::InitialState> state;  ///< nothing where it has none, or cannot be read
};
std::string version_as_json(const StoredTwin& twin, const Version& version, const VersionSummary& summary,
                            const VersionParts& parts);
std::string committed_as_json(const StoredTwin& twin, const Committed& committed);
std::string history_as_json(const std::string& twin, const std::vector<Record>& records);
std::string tags_as_json(const StoredTwin& twin);
std::string deleted_as_json(const std::string& twin, const Deleted& deleted);
/// `before` and `after`: their states.
std::string differences_as_json(const std::string& from, const std::string& to,
                                const std::vector<ElementDifference>& differences,
                                const models::InitialState& before, const models::InitialState& after);
std::string check_as_json(const StoreCheck& check);

}  // namespace understudy::formats
