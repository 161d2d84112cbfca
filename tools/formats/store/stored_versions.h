// The store as the scenario language asks it: `twin: orders@41`, `understudy run orders@41`.
//
// A store is that of the project in which the name stands; a name means the same version as long as the process lives,
// also where others add versions meanwhile. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "tools/formats/language/stored_twins.h"

namespace understudy::formats {

class StoredVersions : public StoredTwins {
public:
    /// Throws Fault, and FileError where the store cannot be used.
    StoredText find(const std::string& name, const std::string& folder) override;

private:
    std::mutex one_at_a_time_;
    std::map<std::pair<std::string, std::string>, StoredText> found_;  ///< by folder of the store and name
};

}  // namespace understudy::formats
