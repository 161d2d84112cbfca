#include "tools/formats/printable.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy::formats {

std::size_t not_utf8_at(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_at(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

bool prints_as_lines(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\n\t", at), text.size());
        if (!is_printable(text.substr(at, end - at))) return false;
        at = end + 1;
    }
    return true;
}

std::string printable_lines(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        result += printable(text.substr(at, end - at));
        if (end < text.size()) result += '\n';
        at = end + 1;
    }
    return result;
}

std::string printable(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_at(text.substr(at));
        const std::string_view character = text.substr(at, length == 0 ? 1 : length);
        if (character == "\n")
            result += "\\n";
        else if (is_printable(character))
            result += character;
        else
            for (const char c : character) result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        at += character.size();
    }
    return result;
}

}  // namespace understudy::formats
