// What things are called outside as a scenario can hold it: text of labels, and names of elements made from them.
//
// Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace understudy::studies {

inline constexpr std::size_t longest_text = 400;  ///< bytes

/// Text without what does not print, space at its ends and `$(`, at most longest_text and "..." behind what is cut.
std::string clean_text(std::string_view text);
/// Whether anything is left of it.
bool is_said(std::string_view text);

/// The letters and digits of `text` in ASCII, whatever stands between them as one '_', of more than 40 the last 40;
/// `otherwise` and '_' before it where it does not begin with a letter. Not unique: callers number their names.
std::string name_of_label(const std::string& text, const std::string& otherwise);

}  // namespace understudy::studies
