// What `understudy twin` tells, as JSON (docs/file-formats.md has the members). Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/formats/store/store.h"
#include "tools/formats/store/store_check.h"
#include "tools/formats/store/version_diff.h"
#include "tools/formats/store/version_summary.h"

namespace understudy::formats {

std::string twins_as_json(const std::vector<StoredTwin>& twins);
/// `text` and `change` where they are to be part of it.
std::string version_as_json(const StoredTwin& twin, const Version& version, const VersionSummary& summary,
                            const std::optional<std::string>& text, const std::optional<std::string>& change);
std::string committed_as_json(const StoredTwin& twin, const Committed& committed);
std::string history_as_json(const std::string& twin, const std::vector<Record>& records);
std::string tags_as_json(const StoredTwin& twin);
std::string deleted_as_json(const std::string& twin, const Deleted& deleted);
std::string differences_as_json(const std::string& from, const std::string& to,
                                const std::vector<ElementDifference>& differences);
std::string check_as_json(const StoreCheck& check);

}  // namespace understudy::formats
