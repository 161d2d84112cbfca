// What a version holds, in numbers: how many elements of each kind, and who owns them. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace understudy::formats {

struct VersionSummary {
    /// `pools`, `stages`, ..., `tasks`, `loads`, `objectives`; all of them, 0 as well.
    std::vector<std::pair<std::string, std::int64_t>> counts;
    std::set<std::string> owners;  ///< of elements
};

/// Of the text of a scenario file that can be read.
VersionSummary summary_of(const std::string& text);

}  // namespace understudy::formats
