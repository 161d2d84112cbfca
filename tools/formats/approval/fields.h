// Texts that are hashed and kept: a first line, then fields in order, each with a line `NAME LENGTH` and its value, so that
// no two lists of fields have the same bytes, whatever stands in them. As records are hashed (store/record.h). Pure,
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::formats {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string write_fields(std::string_view first_line, const Fields& fields);
/// Nothing for a text that was not written so.
std::optional<Fields> read_fields(std::string_view first_line, std::string_view text);
/// The value of the first field called so; empty: there is none.
std::string field_in(const Fields& fields, std::string_view name);

}  // namespace understudy::formats
