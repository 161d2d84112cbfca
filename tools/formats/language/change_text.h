// What a change file says, as text for people: its edits one by one, what it accepts, and how it is brought in and taken
// back. Pure, thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace understudy::formats {

struct ChangeText {
    std::vector<std::string> edits;   ///< "set spark.workers to 9"
    std::vector<std::string> accept;  ///< entries as written; empty: nothing is said
    /// `stress`, `rollout`, `rollback`, in this order, those that are there; values as on one line.
    std::vector<std::pair<std::string, std::string>> plans;
};

/// Of the text of a change file that can be read.
ChangeText text_of_change(const std::string& text);

}  // namespace understudy::formats
