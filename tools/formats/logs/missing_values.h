// What in a log says that there is no value, and what is said of a value that is none.
//
// Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "tools/formats/logs/log_values.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

/// Empty, "-", or a word with which logs say that there is no value: none, null, nan, nat, n/a, unknown.
inline bool says_nothing(std::string_view text) {
    text = trimmed(text);
    if (text.empty() || text == "-") return true;
    if (text.size() > 7) return false;
    const std::string word = plain_word(text);
    for (const std::string_view none : {"none", "null", "nan", "nat", "n/a", "unknown"})
        if (word == none) return true;
    return false;
}

/// Of rows with a text in this column of instants that is none.
inline std::string no_instant_note(std::string_view column) {
    return "`" + printable(trimmed(column).substr(0, 40)) +
           "` is neither a date such as 2026-03-09T02:00:05 nor a number: left out";
}

}  // namespace understudy::formats
