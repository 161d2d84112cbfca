#include "tools/studies/characters.h"

namespace understudy::studies {

namespace {

/// The code point of a character of so many bytes.
char32_t code_point(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return first;
    char32_t code = first & (0xFFU >> (character.size() + 1));
    for (const char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3FU);
    return code;
}

bool prints(char32_t code) {
    return code >= 0x20 && !(code >= 0x7F && code < 0xA0) && code != 0x200E && code != 0x200F &&
           !(code >= 0x2028 && code <= 0x202E) && !(code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::size_t character_at(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xC2 && first < 0xE0 ? 2
                               : (first & 0xF0) == 0xE0        ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
    if (length > 2) {
        const auto second = static_cast<unsigned char>(text[1]);
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
            (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90))
            return 0;
    }
    return length;
}

bool is_printable(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_at(text.substr(at));
        if (length == 0 || !prints(code_point(text.substr(at, length)))) return false;
        at += length;
    }
    return true;
}

}  // namespace understudy::studies
