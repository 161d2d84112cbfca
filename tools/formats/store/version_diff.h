// What differs between two scenarios, element by element and key by key.
//
// Order does not count, nor how values are laid out; values are compared as written. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace understudy::formats {

struct KeyDifference {
    std::string key;  ///< `retry.times`; an item of a list: as it is
    std::optional<std::string> from, to;
};

struct ElementDifference {
    enum class Kind { added, removed, changed };
    Kind kind = Kind::changed;
    std::string type;  ///< `pool`, `task`, `load`, ...; of what has no name: the section, such as `run`
    std::string name;  ///< `spark`, `revenue.build`; may be empty
    std::vector<KeyDifference> keys;  ///< those of what was added or removed as well
};

/// Of two texts of scenario files that can be read.
std::vector<ElementDifference> differences(const std::string& from, const std::string& to);

/// What differs, in a few words: "pool spark (workers 12 -> 9), 2 more".
std::string what_moved(const std::string& from, const std::string& to);

}  // namespace understudy::formats
