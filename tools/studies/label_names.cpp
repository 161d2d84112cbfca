#include "tools/studies/label_names.h"

#include <algorithm>
#include <cctype>

#include "tools/studies/characters.h"

namespace understudy::studies {

namespace {

bool is_blank_or_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
}

}  // namespace

bool is_said(std::string_view text) {
    return text.size() > longest_text || !std::all_of(text.begin(), text.end(), is_blank_or_control);
}

std::string clean_text(std::string_view text) {
    std::string clean;
    const std::string_view taken = text.substr(0, longest_text);
    for (std::size_t at = 0; at < taken.size();) {
        const std::size_t length = character_at(taken.substr(at));
        const std::string_view character = taken.substr(at, std::max<std::size_t>(length, 1));
        // "$(" would begin a parameter.
        if (character == "(" && !clean.empty() && clean.back() == '$') clean += ' ';
        // What does not print, files of ours do not have.
        if (!is_blank_or_control(character.front()) && (length == 0 || is_printable(character)))
            clean += character;
        else if (!clean.empty() && clean.back() != ' ')
            clean += ' ';
        at += character.size();
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
