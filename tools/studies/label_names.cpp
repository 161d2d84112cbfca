#include "tools/studies/label_names.h"

#include <algorithm>
#include <cctype>

#include "tools/studies/characters.h"

namespace understudy::studies {

namespace {

bool is_blank(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
}

/// The first character, or a byte that is none.
std::string_view first_of(std::string_view text) {
    return text.substr(0, std::max<std::size_t>(character_at(text), 1));
}

/// What does not print, files of ours do not have.
bool is_kept(std::string_view character) {
    return !is_blank(character.front()) && (character_at(character) == 0 || is_printable(character));
}

}  // namespace

bool is_said(std::string_view text) {
    if (text.size() > longest_text) return true;
    for (; !text.empty(); text.remove_prefix(first_of(text).size()))
        if (is_kept(first_of(text))) return true;
    return false;
}

std::string clean_text(std::string_view text) {
    std::string clean;
    for (std::string_view left = text.substr(0, longest_text); !left.empty();) {
        const std::string_view character = first_of(left);
        left.remove_prefix(character.size());
        // "$(" would begin a parameter.
        if (character == "(" && !clean.empty() && clean.back() == '$') clean += ' ';
        if (is_kept(character))
            clean += character;
        else if (!clean.empty() && clean.back() != ' ')
            clean += ' ';
    }
    if (text.size() > longest_text) {
        // Not in the middle of a character.
        std::size_t end = clean.size();
        while (end > 0 && (static_cast<unsigned char>(clean[end - 1]) & 0xC0) == 0x80) --end;
        if (end > 0 && static_cast<unsigned char>(clean[end - 1]) >= 0xC0) --end;
        clean = clean.substr(0, end) + "...";
    }
    while (!clean.empty() && clean.back() == ' ') clean.pop_back();
    return clean;
}

std::string name_of_label(const std::string& text, const std::string& otherwise) {
    constexpr std::size_t longest = 40;
    std::string name;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            name += c;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    if (name.size() > longest) name = name.substr(name.size() - longest);
    while (!name.empty() && name.front() == '_') name.erase(0, 1);
    if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0)
        name = otherwise + "_" + name;
    return name;
}

}  // namespace understudy::studies
