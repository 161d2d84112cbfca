// Stored twins for a terminal: what there is, what a version holds, what differs, what was done. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/store/store.h"
#include "tools/formats/store/version_diff.h"
#include "tools/formats/store/version_summary.h"

namespace understudy::reports {

std::string twin_list(const std::vector<formats::StoredTwin>& twins, int width);
std::string twin_version(const formats::StoredTwin& twin, const formats::Version& version,
                         const formats::VersionSummary& summary);
/// The last first.
std::string twin_history(const std::vector<formats::Record>& records, int width);
/// `+` what was added, `-` removed, `~` changed, each with its keys.
std::string twin_differences(const std::string& from, const std::string& to,
                             const std::vector<formats::ElementDifference>& differences);

}  // namespace understudy::reports
