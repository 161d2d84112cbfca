// Texts of others on their way to a terminal, a log or JSON: what does not print (tools/studies/characters.h) is made visible,
// or refused. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tools/studies/characters.h"

namespace understudy::formats {

using studies::character_at;
using studies::is_printable;

/// Where the first byte stands that is no UTF-8; npos: nowhere.
std::size_t not_utf8_at(std::string_view text);

/// The same of lines: line ends and tabs are no part of what has to print.
bool prints_as_lines(std::string_view text);

/// The same text on one line, with `\n` for ends of lines and `\x1b` for bytes that do not print.
std::string printable(std::string_view text);

/// The same of several lines, whose ends stay.
std::string printable_lines(std::string_view text);

}  // namespace understudy::formats
