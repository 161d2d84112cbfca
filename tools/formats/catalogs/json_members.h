// Members of JSON objects that may be missing, null or of another kind than expected. For sources that read catalogs;
// it brings all of simdjson along.
//
// Pure functions, thread-safe; views live as long as the document.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::formats {

using JsonValue = simdjson::dom::element;

/// The member, unless it is missing, null, or `object` is no object.
std::optional<JsonValue> member(const JsonValue& object, std::string_view key);
/// The same of a member's member.
std::optional<JsonValue> member(const JsonValue& object, std::string_view key, std::string_view inner);
/// Several members at once, in the order of `keys`, for events of which each byte counts: the object is gone through once.
template <std::size_t count>
std::array<std::optional<JsonValue>, count> members(const JsonValue& object,
                                                    const std::array<std::string_view, count>& keys) {
    std::array<std::optional<JsonValue>, count> found;
    simdjson::dom::object map;
    if (object.get(map) != simdjson::SUCCESS) return found;
    std::array<bool, count> seen{};
    for (const auto field : map)
        for (std::size_t i = 0; i < count; ++i)
            if (!seen[i] && field.key == keys[i]) {
                seen[i] = true;
                if (!field.value.is_null()) found[i] = field.value;
                break;
            }
    return found;
}
/// Its text, as clean_text gives it; empty for anything but text and numbers.
std::string text_of(const JsonValue& object, std::string_view key);
/// As it stands there; empty for anything but text.
std::string_view raw_text(const JsonValue& object, std::string_view key);
std::string_view raw_text(const std::optional<JsonValue>& value);
/// Whether text_of would say anything.
bool has_text(const std::optional<JsonValue>& value);
std::optional<double> number_of(const JsonValue& object, std::string_view key);

/// Calls `use(value)` for each value of a list; nothing where there is none.
template <class Use>
void for_each(const std::optional<JsonValue>& list, Use&& use) {
    simdjson::dom::array values;
    if (!list || list->get(values) != simdjson::SUCCESS) return;
    for (const JsonValue value : values) use(value);
}
/// The same of the list under `key`.
template <class Use>
void for_each(const JsonValue& object, std::string_view key, Use&& use) {
    for_each(member(object, key), use);
}

/// Calls `use(name, value)` for each member of the object under `key`; nothing where there is none.
template <class Use>
void for_each_member(const JsonValue& object, std::string_view key, Use&& use) {
    const auto map = member(object, key);
    simdjson::dom::object values;
    if (!map || map->get(values) != simdjson::SUCCESS) return;
    for (const auto field : values) use(field.key, field.value);
}

}  // namespace understudy::formats
