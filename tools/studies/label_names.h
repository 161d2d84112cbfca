// Names of elements made from labels: what things are called outside, in letters that the language takes.
//
// Pure function, thread-safe.
#pragma once

#include <string>

namespace understudy::studies {

/// The letters and digits of `text` in ASCII, whatever stands between them as one '_', of more than 40 the last 40;
/// `otherwise` and '_' before it where it does not begin with a letter. Not unique: callers number their names.
std::string name_of_label(const std::string& text, const std::string& otherwise);

}  // namespace understudy::studies
