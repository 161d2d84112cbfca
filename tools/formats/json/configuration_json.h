// What a scenario is set to, and what files of the language rest on, as JSON documents, for `understudy config show --json` and
// `config files --json`. Pure functions, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/configuration.h"

namespace understudy::formats {

std::string configuration_as_json(const std::vector<Setting>& settings);

struct RestingFile {
    std::string file, kind;
    std::vector<std::string> rests_on;  ///< in order, with itself
};
std::string resting_files_as_json(const std::vector<RestingFile>& files);

}  // namespace understudy::formats
