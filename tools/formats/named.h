// Enumerations by the names that files and documents have for them: those of name_of. Pure.
#pragma once

#include <optional>
#include <string_view>

namespace understudy::formats {

/// `last`: the last of them, which count from 0.
template <class Enumeration>
std::optional<Enumeration> named(std::string_view name, Enumeration last) {
    for (int i = 0; i <= static_cast<int>(last); ++i)
        if (name == name_of(static_cast<Enumeration>(i))) return static_cast<Enumeration>(i);
    return std::nullopt;
}

}  // namespace understudy::formats
