// Characters of UTF-8, and which of them print.
//
// Does not print: control characters of C0 and C1, DEL, line and paragraph separators, what turns the direction of writing
// (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), and bytes that are no UTF-8. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace understudy::studies {

/// Bytes of the character that begins the text, which is not empty; 0: it is no UTF-8 (RFC 3629).
std::size_t character_at(std::string_view text);

/// Whether all of it prints, on one line.
bool is_printable(std::string_view text);

}  // namespace understudy::studies
