// Who answers for a thing, as `owner` has it: one name, or several with a semicolon between them.
//
// Pure functions, thread-safe.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::models {

/// "data; finance" as its names, without repeats, in the order of the text.
inline std::vector<std::string> owners_in(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        const std::size_t end = text.find(';');
        std::string_view name = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
        while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
            names.emplace_back(name);
    }
    return names;
}

/// The text of `owner` for these names; a semicolon within one becomes a comma.
inline std::string owners_text(const std::vector<std::string>& names) {
    std::string text;
    for (std::string name : names) {
        std::replace(name.begin(), name.end(), ';', ',');
        text += (text.empty() ? "" : "; ") + name;
    }
    return text;
}

}  // namespace understudy::models
