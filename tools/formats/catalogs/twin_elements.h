// Parts of the document of a scenario, as imports compare them. Pure functions, thread-safe.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/language/document.h"

namespace understudy::formats {

/// A map of elements: `load`, `profiles`, or one of the twin's (`stages`, ...); empty where there is none.
inline const Node& section_of(const Node& scenario, std::string_view name) {
    static const Node none = Node::map();
    const Entry* twin = scenario.is_map() ? scenario.find("twin") : nullptr;
    if (name == "load" || name == "profiles") {
        const Entry* loads = scenario.is_map() ? scenario.find(name) : nullptr;
        return loads != nullptr && loads->value.is_map() ? loads->value : none;
    }
    const Entry* section = twin != nullptr && twin->value.is_map() ? twin->value.find(name) : nullptr;
    return section != nullptr && section->value.is_map() ? section->value : none;
}

inline const Node& tasks_of(const Node& pipeline) {
    static const Node none = Node::map();
    const Entry* tasks = pipeline.is_map() ? pipeline.find("tasks") : nullptr;
    return tasks != nullptr && tasks->value.is_map() ? tasks->value : none;
}

/// Empty: it has none.
inline std::string label_of(const Node& element) {
    const Entry* label = element.is_map() ? element.find("label") : nullptr;
    return label != nullptr && label->value.is_scalar() ? label->value.text : "";
}

/// Whether it has any of them.
inline bool has_tag(const Node& element, const std::vector<std::string>& wanted) {
    const Entry* tags = element.is_map() ? element.find("tags") : nullptr;
    return tags != nullptr && tags->value.is_list() &&
           std::any_of(tags->value.items.begin(), tags->value.items.end(), [&](const Node& tag) {
               return std::find(wanted.begin(), wanted.end(), tag.text) != wanted.end();
           });
}

/// Order counts in lists, not in maps; nor does how a value is laid out.
inline bool same_value(const Node& a, const Node& b) {
    if (a.kind != b.kind) return false;
    if (a.is_scalar()) return a.text == b.text;
    if (a.is_list())
        return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_value);
    return a.entries.size() == b.entries.size() &&
           std::all_of(a.entries.begin(), a.entries.end(), [&](const Entry& entry) {
               const Entry* other = b.find(entry.key);
               return other != nullptr && same_value(entry.value, other->value);
           });
}

/// Of a name, a list of names, or a map by name; none where there is no such key.
inline std::vector<std::string> names_listed(const Entry* entry) {
    std::vector<std::string> words;
    if (entry == nullptr) return words;
    if (entry->value.is_scalar()) words.push_back(entry->value.text);
    for (const Node& item : entry->value.items) words.push_back(item.text);
    for (const Entry& inner : entry->value.entries) words.push_back(inner.key);
    return words;
}

}  // namespace understudy::formats
