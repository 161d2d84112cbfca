#include "tools/formats/language/head.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy::formats {

namespace {

/// Kinds of files, and which command takes them; none takes those without.
struct Kind {
    std::string_view word, command;
};
constexpr Kind kinds[] = {{"scenario", "run"},
                          {"change", "rehearse"},
                          {"study", "sensitivity"},
                          {"template", ""},
                          {"policy", "validate"}};

}  // namespace

bool check_head(const Node& root, std::string_view wanted, Diagnostics& out) {
    if (!root.is_map()) {
        out.error(root.place, fmt::format("a {} is a map of keys", wanted),
                  fmt::format("it starts with 'understudy: 1' and '{}: NAME'", wanted));
        return false;
    }
    for (const Kind& kind : kinds) {
        const Entry* entry = root.find(kind.word);
        if (entry == nullptr || root.find(wanted) != nullptr) continue;
        if (kind.command.empty())
            out.error(entry->place,
                      fmt::format("this is a {}, not a {}", kind.word, wanted),
                      "a scenario has instances of it: 'instances: {NAME: {template: FILE}}'");
        else
            out.error(entry->place, fmt::format("this is a {}, not a {}", kind.word, wanted),
                      fmt::format("understudy {} takes it", kind.command));
        return false;
    }
    const Entry* version = root.find("understudy");
    if (version != nullptr && version->value.is_scalar() && !version->value.text.empty() &&
        version->value.text != "1") {
        out.error(version->value.place,
                  fmt::format("version '{}' of the language is not known", version->value.text),
                  "this program reads 'understudy: 1'");
        return false;
    }
    if (version != nullptr && root.entries.front().key != "understudy")
        out.error(root.entries.front().place, "the first key is not 'understudy'",
                  "start the file with 'understudy: 1'");
    if (const Entry* own = root.find(wanted);
        own != nullptr && version != nullptr && root.entries.size() > 1 &&
        root.entries[0].key == "understudy" && root.entries[1].key != wanted)
        out.error(own->place, fmt::format("'{}' is not the second key", wanted),
                  "it follows 'understudy: 1'");
    return true;
}

std::string kind_of_file(std::string_view text) {
    Diagnostics ignored;
    const Node root = read_document(text, ignored);
    if (!root.is_map()) return "";
    for (const Kind& kind : kinds)
        if (root.find(kind.word) != nullptr) return std::string(kind.word);
    return "";
}

std::string kind_by_lines(std::string_view text) {
    bool is_ours = false;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const std::string_view word = line.substr(0, line.find_first_of(": \t\r"));
        if (word == "understudy") is_ours = true;
        for (const Kind& kind : kinds)
            if (is_ours && word == kind.word) return std::string(word);
    }
    return is_ours ? "unknown" : "";
}

}  // namespace understudy::formats
