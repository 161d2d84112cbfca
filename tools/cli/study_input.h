// How verbs take a study: read, with its base and every value it gives to a parameter tried, and say what is wrong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/cli/command.h"
#include "tools/studies/result.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::cli {

/// What is asked for beside a study's file.
struct AskedBeside {
    std::vector<std::string> changes = {};  ///< files, as after --change
    std::vector<std::string> set = {};      ///< edits of the base, as after --set
    std::optional<std::uint64_t> seed = std::nullopt;
    std::optional<std::int64_t> replications = std::nullopt;  ///< instead of its budget
};

/// Prints all problems to stderr, of the file, its base and what is beside, and returns nothing if there was an error.
std::optional<studies::Study> read_study(const std::string& path, const AskedBeside& beside);

/// What every verb is told that does a study: which, what else of its base, with what seed, how many replications, and on how
/// many threads.
void add_study_options(Options& options);
/// What they say besides its file. Throws UsageError.
AskedBeside asked_beside(const Options& options);
/// The study that is asked for, as read_study(). Throws UsageError.
std::optional<studies::Study> asked_study(const Options& options);
/// What was said of it besides its file and where it goes to, as words for others that do the same study.
std::vector<std::string> words_beside(const Options& options, const studies::Study& study);
/// How it is to be done. Throws UsageError.
studies::StudyOptions study_options(const Options& options, const studies::Study& study);

/// Reads the base of a study with further overrides; its files are read here and not again. Throws studies::BadSetting, with
/// whole lines as they are shown for files. Thread-safe.
studies::ReadBase base_of(const studies::Study& study);

/// What its base sets, and where that comes from. What was set beside its files counts as said by --set wherever it was:
/// parts of a study are told so.
std::vector<studies::ValueOrigin> origins_of_base(const studies::Study& study);

}  // namespace understudy::cli
