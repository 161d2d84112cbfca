// Members of JSON objects that may be missing, null or of another kind than expected. For sources that read catalogs;
// it brings all of simdjson along.
//
// Pure functions, thread-safe; views live as long as the document.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace understudy::formats {

using JsonValue = simdjson::dom::element;

/// The member, unless it is missing, null, or `object` is no object.
std::optional<JsonValue> member(const JsonValue& object, std::string_view key);
/// The same of a member's member.
std::optional<JsonValue> member(const JsonValue& object, std::string_view key, std::string_view inner);
/// Its text, as clean_text gives it; empty for anything but text and numbers.
std::string text_of(const JsonValue& object, std::string_view key);
/// As it stands there; empty for anything but text.
std::string_view raw_text(const JsonValue& object, std::string_view key);
std::optional<double> number_of(const JsonValue& object, std::string_view key);

/// Calls `use(value)` for each value of the list under `key`; nothing where there is none.
template <class Use>
void for_each(const JsonValue& object, std::string_view key, Use&& use) {
    const auto list = member(object, key);
    simdjson::dom::array values;
    if (!list || list->get(values) != simdjson::SUCCESS) return;
    for (const JsonValue value : values) use(value);
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
