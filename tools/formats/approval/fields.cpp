#include "tools/formats/approval/fields.h"

#include <fmt/format.h>

#include <charconv>

namespace understudy::formats {

std::string write_fields(std::string_view first_line, const Fields& fields) {
    std::string text = fmt::format("{}\n", first_line);
    for (const auto& [name, value] : fields) text += fmt::format("{} {}\n{}\n", name, value.size(), value);
    return text;
}

std::optional<Fields> read_fields(std::string_view first_line, std::string_view text) {
    if (!text.starts_with(first_line) || text.substr(first_line.size(), 1) != "\n") return std::nullopt;
    text.remove_prefix(first_line.size() + 1);
    Fields fields;
    while (!text.empty()) {
        const std::size_t end = text.find('\n'), space = text.substr(0, end).rfind(' ');
        if (end == std::string_view::npos || space == std::string_view::npos) return std::nullopt;
        std::size_t length = 0;
        const auto [stopped, error] = std::from_chars(text.data() + space + 1, text.data() + end, length);
        if (error != std::errc() || stopped != text.data() + end || length > text.size() ||
            end + 1 + length >= text.size() || text[end + 1 + length] != '\n')
            return std::nullopt;
        fields.emplace_back(text.substr(0, space), text.substr(end + 1, length));
        text.remove_prefix(end + length + 2);
    }
    return fields;
}

std::string field_in(const Fields& fields, std::string_view name) {
    for (const auto& [key, value] : fields)
        if (key == name) return value;
    return "";
}

}  // namespace understudy::formats
