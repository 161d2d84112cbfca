// The store as the scenario language asks it: `twin: orders@41`, `understudy run orders@41`.
//
// A store is that of the project in which the name stands; a name means the same version as long as the process lives,
// also where others add versions meanwhile. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tools/formats/language/stored_twins.h"

namespace understudy::formats {

class StoredVersions : public StoredTwins {
public:
    /// `tell`: where files that a version names are not as they were when it was kept, once for each name.
    explicit StoredVersions(std::function<void(const std::string&)> tell) : tell_(std::move(tell)) {}
    /// Throws Fault, and FileError where the store cannot be used.
    StoredText find(const std::string& name, const std::string& folder) override;
    std::vector<models::KeptVersion> history(const std::string& name, const std::string& folder) override;

private:
    std::function<void(const std::string&)> tell_;
    std::mutex one_at_a_time_;
    std::map<std::pair<std::string, std::string>, StoredText> found_;  ///< by folder of the store and name
};

}  // namespace understudy::formats
