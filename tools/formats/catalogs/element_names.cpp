#include "tools/formats/catalogs/element_names.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "tools/formats/language/map_reader.h"
#include "tools/studies/label_names.h"

namespace understudy::formats {

namespace {

constexpr std::size_t most_of_text = 400;

bool is_blank(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
}

}  // namespace

bool is_said(std::string_view text) {
    return text.size() > most_of_text || !std::all_of(text.begin(), text.end(), is_blank);
}

std::string clean_text(std::string_view text) {
    std::string clean;
    for (const char c : text.substr(0, most_of_text)) {
        // "$(" would begin a parameter.
        if (c == '(' && !clean.empty() && clean.back() == '$') clean += ' ';
        if (!is_blank(c))
            clean += c;
        else if (!clean.empty() && clean.back() != ' ')
            clean += ' ';
    }
    if (text.size() > most_of_text) {
        // Not in the middle of a character.
        std::size_t end = clean.size();
        while (end > 0 && (static_cast<unsigned char>(clean[end - 1]) & 0xC0) == 0x80) --end;
        if (end > 0 && static_cast<unsigned char>(clean[end - 1]) >= 0xC0) --end;
        clean = clean.substr(0, end) + "...";
    }
    while (!clean.empty() && clean.back() == ' ') clean.pop_back();
    return clean;
}

std::string clean_label(std::string_view text) {
    std::string label = clean_text(text);
    if (text.size() > most_of_text) label += fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
    return label;
}

ElementNames::ElementNames(std::map<std::string, std::string> known) : known_(std::move(known)) {
    for (const auto& [label, name] : known_) taken_.insert(name);
}

std::string ElementNames::name(const std::string& label, const std::string& title,
                               const std::string& otherwise) {
    if (const auto found = known_.find(label); found != known_.end()) return found->second;
    const std::string base = studies::name_of_label(title, otherwise);
    std::string name = base;
    for (int number = 2; is_reserved(name) || taken_.contains(name); ++number)
        name = base + "_" + std::to_string(number);
    taken_.insert(name);
    known_.emplace(label, name);
    return name;
}

}  // namespace understudy::formats
