// How verbs take a study: read, with its base and every value it gives to a parameter tried, and say what is wrong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"

namespace understudy::cli {

/// Prints all problems to stderr and returns nothing if there was an error. `overrides` are edits of the base, as after
/// --set; `replications`: instead of its budget.
std::optional<studies::Study> read_study(const std::string& path,
                                         const std::vector<std::string>& overrides = {},
                                         std::optional<std::int64_t> replications = std::nullopt);

/// Reads the base of a study with further overrides; its files are read here and not again. Throws studies::BadSetting, with
/// whole lines as they are shown for files. Thread-safe.
studies::ReadBase base_of(const studies::Study& study);

}  // namespace understudy::cli
