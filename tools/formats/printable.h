// Texts of others on their way to a terminal, a log or JSON: what does not print is made visible, or refused.
//
// Does not print: control characters of C0 and C1, DEL, line and paragraph separators, what turns the direction of writing
// (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), and bytes that are no UTF-8. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace understudy::formats {

/// Bytes of the character that begins the text, which is not empty; 0: it is no UTF-8 (RFC 3629).
std::size_t character_at(std::string_view text);
/// Where the first byte stands that is no UTF-8; npos: nowhere.
std::size_t not_utf8_at(std::string_view text);

/// Whether all of it prints, on one line.
bool is_printable(std::string_view text);

/// The same text on one line, with `\n` for ends of lines and `\x1b` for bytes that do not print.
std::string printable(std::string_view text);

}  // namespace understudy::formats
