// A rehearsal of files: read, prepared and run, for those verbs that need one (rehearse, change request).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.h"
#include "tools/studies/rehearse.h"

namespace understudy::cli {

struct RehearsalOfFiles {
    std::string baseline;                ///< a scenario file, or a version
    std::string candidate;               ///< the same, or a change of the baseline
    std::vector<std::string> overrides;  ///< as after --set, in both
    /// As after --accept; empty: what the change says, else all objectives.
    std::vector<std::string> accept;
    /// Changes whose `validation` says how far off the twin is; empty: what is known of a stored one.
    std::vector<std::string> calibration = {};
    studies::RehearseOptions how;  ///< its progress is shown on a terminal
    bool inputs = false;           ///< intervals also for how sure fitted parameters are
    /// How often they are drawn, by the fewest that the intervals take; UsageError where that is more than was asked for.
    std::function<std::int64_t(std::int64_t fewest)> draws = {};
};

/// Nothing if there was an error, which has been said then; UsageError for what cannot be rehearsed.
std::optional<studies::RehearsalResult> rehearse_files(const RehearsalOfFiles& what);

/// A comment for a pull request: what the rehearsal found, and of a change what it does and touches as well, as `change
/// validate` shows it.
std::string markdown_of(const RehearsalOfFiles& what, const studies::RehearsalResult& result);

/// Options of all that rehearse: --calibration and --credible.
void add_credibility_options(Options& options);
void take_credibility(const Options& options, RehearsalOfFiles& what);

/// As of the verdict; exit_stale where the twin is not credible for what is asked.
int exit_code_of(const studies::RehearsalResult& result);

/// The base that a change names; nothing if there was an error in it, which has been said then. UsageError where it names
/// none.
std::optional<std::string> base_of_change(const std::string& file);

}  // namespace understudy::cli
