// How a file of the language begins: `understudy: 1`, then what it is and what it is called. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// Whether it is of the kind `wanted` ("scenario", "study"), in a version that is known; reports what is wrong. False if
/// nothing else should be looked at.
bool check_head(const Node& root, std::string_view wanted, Diagnostics& out);

/// What line 2 says a file is: "scenario", "change", "study", "template", "policy", or "" where it says
/// nothing known.
std::string kind_of_file(std::string_view text);
/// The same of one that may be broken, by lines that begin with such a word: "unknown" where one says `understudy` and none
/// what it is.
std::string kind_by_lines(std::string_view text);

}  // namespace understudy::formats
