// A rehearsal of files: read, prepared and run, for those verbs that need one (rehearse, change request).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/studies/rehearse.h"

namespace understudy::cli {

struct RehearsalOfFiles {
    std::string baseline;                ///< a scenario file, or a version
    std::string candidate;               ///< the same, or a change of the baseline
    std::vector<std::string> overrides;  ///< as after --set, in both
    /// As after --accept; empty: what the change says, else all objectives.
    std::vector<std::string> accept;
    studies::RehearseOptions how;  ///< its progress is shown on a terminal
};

/// Nothing if there was an error, which has been said then; UsageError for what cannot be rehearsed.
std::optional<studies::RehearsalResult> rehearse_files(const RehearsalOfFiles& what);

/// The base that a change names; nothing if there was an error in it, which has been said then. UsageError where it names
/// none.
std::optional<std::string> base_of_change(const std::string& file);

}  // namespace understudy::cli
