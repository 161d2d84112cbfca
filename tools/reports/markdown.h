// Text of users within GitHub's Markdown, where it is neither markup nor a mention. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace understudy::reports {

/// Within a cell or a line; longer text is shortened.
std::string in_markdown(std::string_view text, int width = 200);
/// As it is, in a block of its own; `text` ends with a line break.
std::string fenced(std::string_view text);

}  // namespace understudy::reports
