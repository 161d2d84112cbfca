#include "tools/formats/catalogs/json_members.h"

#include <fmt/format.h>

#include <cmath>

#include "tools/formats/catalogs/element_names.h"

namespace understudy::formats {

std::optional<JsonValue> member(const JsonValue& object, std::string_view key) {
    simdjson::dom::object map;
    JsonValue value;
    if (object.get(map) != simdjson::SUCCESS || map.at_key(key).get(value) != simdjson::SUCCESS ||
        value.is_null())
        return std::nullopt;
    return value;
}

std::optional<JsonValue> member(const JsonValue& object, std::string_view key, std::string_view inner) {
    const auto outer = member(object, key);
    return outer ? member(*outer, inner) : std::nullopt;
}

std::string_view raw_text(const JsonValue& object, std::string_view key) {
    return raw_text(member(object, key));
}

std::string_view raw_text(const std::optional<JsonValue>& value) {
    std::string_view text;
    if (!value || value->get(text) != simdjson::SUCCESS) return {};
    return text;
}

bool has_text(const std::optional<JsonValue>& value) {
    if (!value) return false;
    std::string_view text;
    return value->get(text) == simdjson::SUCCESS ? is_said(text) : value->is_number();
}

std::string text_of(const JsonValue& object, std::string_view key) {
    const auto value = member(object, key);
    if (!value) return {};
    std::string_view text;
    if (value->get(text) == simdjson::SUCCESS) return clean_text(text);
    std::int64_t whole = 0;
    if (value->get(whole) == simdjson::SUCCESS) return std::to_string(whole);
    double number = 0;
    if (value->get(number) == simdjson::SUCCESS) return fmt::format("{}", number);
    return {};
}

std::optional<double> number_of(const JsonValue& object, std::string_view key) {
    const auto value = member(object, key);
    double number = 0;
    if (!value || value->get(number) != simdjson::SUCCESS || !std::isfinite(number)) return std::nullopt;
    return number;
}

}  // namespace understudy::formats
