// Stored twins for a terminal: what there is, what a version holds, what differs, what was done. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/initial_state.h"
#include "tools/formats/store/store.h"
#include "tools/formats/store/version_diff.h"
#include "tools/formats/store/version_summary.h"

namespace understudy::reports {

std::string twin_list(const std::vector<formats::StoredTwin>& twins, int width);
std::string twin_version(const formats::StoredTwin& twin, const formats::Version& version,
                         const formats::VersionSummary& summary, const models::InitialState* state,
                         int width);
/// The last first.
std::string twin_history(const std::vector<formats::Record>& records, int width);
/// `+` what was added, `-` removed, `~` changed, each with its keys; of states that are given, how much
/// there is of each element.
std::string twin_differences(const std::string& from, const std::string& to,
                             const std::vector<formats::ElementDifference>& differences,
                             const models::InitialState& before = {}, const models::InitialState& after = {},
                             int width = 0);

}  // namespace understudy::reports
